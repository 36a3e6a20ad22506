import { redactUri } from '@easyrest/protocol'

/** A function that takes the credentials of a connection URI out of a text, for what plugins print. */
export const maskSecrets = (uri: string): ((text: string) => string) => {
  const secrets = secretsOf(uri)
  return (text) => {
    let masked = text.includes(uri) ? text.replaceAll(uri, redactUri(uri)) : text
    for (const secret of secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, '***')
    return masked
  }
}

const secretsOf = (uri: string): string[] => {
  const password = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*?:([^/?#]*)@/.exec(uri)?.[1] ?? ''
  const parameters = [...uri.matchAll(/[?&][^=&#]*(?:pass|secret|token|key)[^=&#]*=([^&#]*)/gi)].map(
    (match) => match[1]!,
  )
  const spelled = [password, ...parameters].flatMap((secret) => [secret, decoded(secret)])
  return [...new Set(spelled)].filter((secret) => secret.length >= minSecretLength)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// Masking every "1" in a log would hide the log, not the secret.
const minSecretLength = 4
