/** The text without what PostgreSQL cannot hold: U+0000 goes, half of a surrogate pair becomes U+FFFD. */
export const cleanText = (text: string): string =>
  odd.test(text) ? text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd') : text

const odd = /\0|\p{Surrogate}/u
