import { redactUri } from '@easyrest/protocol'
import type { ConnectionSettings } from './connection.js'
import { connectionVariables, type Variables } from './plugin-environment.js'

/** A function that takes the secrets of a connection out of a text: what plugins print and say goes to logs. */
export const maskSecrets = (
  settings: Pick<ConnectionSettings, 'uri' | 'env' | 'envPass'>,
  inherited: Variables,
): ((text: string) => string) => {
  const { uri } = settings
  const secrets = secretsOf(uri, connectionVariables(settings, inherited))
  return (text) => {
    let masked = text.includes(uri) ? text.replaceAll(uri, redactUri(uri)) : text
    for (const secret of secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, '***')
    return masked
  }
}

const secretsOf = (uri: string, variables: Variables): string[] => {
  const password = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#:]*:([^/?#]*)@/.exec(uri)?.[1] ?? ''
  const parameters = [...uri.matchAll(/[?&]([^?&=#]*)=([^&#]*)/g)].flatMap(([, name = '', value = '']) =>
    secretParameter.test(name) ? [value] : [],
  )
  const values = Object.entries(variables).flatMap(([name, value]) => (secretName.test(name) ? [value ?? ''] : []))
  const spelled = [...[password, ...parameters].flatMap((secret) => [secret, decoded(secret)]), ...values]
  // A plugin's log lines are JSON.
  const printed = spelled.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
  // The longest first: one may begin with another.
  return [...new Set(printed)].filter((secret) => secret.length >= minSecretLength).sort((a, b) => b.length - a.length)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const secretParameter = /pass|secret|token|key/i

const secretName = /pass|secret|token|key|credential|auth|dsn/i

// Masking every "1" in a log would hide the log, not the secret.
const minSecretLength = 4
