/** The scheme of `<scheme>://...` in lower case, or undefined when the text has no such form. */
export const connectionScheme = (uri: string): string | undefined =>
  /^([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\//.exec(uri)?.[1]?.toLowerCase()

/**
 * The same URI without its password, for messages and logs. It hides too much rather than too little: a password may
 * hold any of the characters that end it elsewhere, so everything up to the last @ counts as user and password.
 */
export const redactUri = (uri: string): string => {
  const start = uri.indexOf('://')
  return start < 0 ? '***' : uri.slice(0, start + 3) + redactQuery(redactUser(uri.slice(start + 3)))
}

const redactUser = (rest: string): string => {
  const at = rest.lastIndexOf('@')
  const colon = rest.indexOf(':')
  return at < 0 || colon < 0 || colon > at ? rest : `${rest.slice(0, colon)}:***${rest.slice(at)}`
}

const redactQuery = (rest: string): string =>
  rest.replace(/(?<=[?&;\s])([^?=&;\s]*)=[^&;\s]*/g, (option, name: string) =>
    secretName.test(name) ? `${name}=***` : option,
  )

const secretName = /pass|pwd|secret|token|key|credential|auth/i
