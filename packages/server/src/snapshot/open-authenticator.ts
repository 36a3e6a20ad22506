import {
  type Authenticator,
  type AuthenticatorOptions,
  type AuthenticatorSettings,
  createAuthenticator,
} from '../auth/authenticate.js'
import type { AuthConfig } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'

/** The authenticator of a configuration. Throws ConfigError when a key cannot be used. */
export const openAuthenticator = (config: AuthConfig, options: AuthenticatorOptions = {}): Authenticator => {
  try {
    return createAuthenticator(settingsOf(config), options)
  } catch (error) {
    throw ConfigError.of('auth_plugins.jwt.settings', (error as Error).message)
  }
}

const settingsOf = ({ jwt, userClaim, tokenCacheTtlMs, anonClaims }: AuthConfig): AuthenticatorSettings => ({
  jwtSecret: jwt.secret,
  keyFiles: jwt.keys,
  jwksUrl: jwt.jwksUrl,
  audience: someOf(jwt.audience),
  issuer: someOf(jwt.issuer),
  leewaySeconds: jwt.leewayMs / 1000,
  tokenType: jwt.tokenType,
  userClaim,
  tokenCacheTtlSeconds: tokenCacheTtlMs === Number.POSITIVE_INFINITY ? undefined : tokenCacheTtlMs / 1000,
  anonClaims,
})

const someOf = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names)
