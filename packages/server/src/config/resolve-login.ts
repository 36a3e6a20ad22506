import type { LoginConfig, LoginFlow } from './config.js'
import type { ParsedConfig } from './config-schema.js'

/** Where clients get tokens. @param complain takes what is wrong with the settings of jwt */
export function resolveLogin(parsed: ParsedConfig, complain: (message: string) => void): LoginConfig | undefined {
  const { settings } = parsed.auth_plugins.jwt
  const tokenUrl = settings.token_endpoint ?? parsed.token_url
  const authorizationUrl = settings.authorization_endpoint
  if (tokenUrl === undefined && authorizationUrl === undefined) return undefined
  const flow = settings.flow ?? parsed.auth_flow ?? usualFlow(tokenUrl, authorizationUrl)
  if (tokenUrl === undefined && flow !== 'implicit') complain(`the flow ${flow} needs token_endpoint`)
  if (authorizationUrl === undefined && (flow === 'implicit' || flow === 'accessCode')) {
    complain(`the flow ${flow} needs authorization_endpoint`)
  }
  return { flow, tokenUrl, authorizationUrl }
}

function usualFlow(tokenUrl: string | undefined, authorizationUrl: string | undefined): LoginFlow {
  if (tokenUrl === undefined) return 'implicit'
  return authorizationUrl === undefined ? 'password' : 'accessCode'
}
