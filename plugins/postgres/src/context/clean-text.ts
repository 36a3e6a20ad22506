/** The text without what PostgreSQL cannot hold: U+0000 goes, half of a surrogate pair becomes U+FFFD. */
export const cleanText = (text: string): string =>
  odd.test(text) ? text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd') : text

const odd = /\0|\p{Surrogate}/u

/** The same for the strings of a JSON text, where such characters stand as escapes. */
export const cleanJson = (json: string): string =>
  json.includes('\\u') ? json.replace(escapes, (found) => (isFine(found) ? found : cleanEscape(found))) : json

// A backslash of its own first, so that `\\u0000` is not taken for an escape; then pairs, and halves of pairs.
const escapes = /\\\\|\\u0000|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|\\ud[89a-f][0-9a-f]{2}/gi

const isFine = (found: string): boolean => found.length === 2 || found.length === 12

const cleanEscape = (found: string): string => (found === '\\u0000' ? '' : '\\ufffd')
