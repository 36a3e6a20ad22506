/** The scheme of `<scheme>://...` in lower case, or undefined when the text has no such form. */
export const connectionScheme = (uri: string): string | undefined =>
  /^([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\//.exec(uri)?.[1]?.toLowerCase()

/** The same URI for logs: passwords, and the values of parameters that look like secrets, are masked. */
export const redactUri = (uri: string): string =>
  uri
    .replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*?):[^/?#]*@/, '$1:***@')
    .replace(/([?&][^=&#]*(?:pass|secret|token|key)[^=&#]*=)[^&#]*/gi, '$1***')
