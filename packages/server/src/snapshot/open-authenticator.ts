import { type Authenticator, createAuthenticator } from '../auth/authenticate.js'
import type { AuthConfig } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'

/** The authenticator of a configuration. Throws ConfigError when a key cannot be used. */
export const openAuthenticator = ({ jwt, userClaim, tokenCacheTtlMs, anonClaims }: AuthConfig): Authenticator => {
  try {
    return createAuthenticator({
      jwtSecret: jwt.secret,
      keyFiles: jwt.keys,
      audience: someOf(jwt.audience),
      issuer: someOf(jwt.issuer),
      leewaySeconds: jwt.leewayMs / 1000,
      tokenType: jwt.tokenType,
      userClaim,
      tokenCacheTtlSeconds: tokenCacheTtlMs === Number.POSITIVE_INFINITY ? undefined : tokenCacheTtlMs / 1000,
      anonClaims,
    })
  } catch (error) {
    throw ConfigError.of('auth_plugins.jwt.settings', (error as Error).message)
  }
}

const someOf = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names)
