/** Text that JSON holds as it is, one byte a character. */
export const plainText = /^[ !#-[\]-~]*$/

/** A text as a JSON string. */
export const quoteText = (text: string): string => (plainText.test(text) ? `"${text}"` : JSON.stringify(text))

/**
 * A double as JSON; null for what JSON cannot hold. String() gives the shortest form that reads back as the same double;
 * only the sign of zero is missing.
 */
export const printDouble = (value: number): string => {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  return Number.isFinite(value) ? String(value) : 'null'
}

/**
 * The JSON that a column holds, as it is but on one line (line breaks can only stand between its tokens). Text that is no
 * JSON is answered as a string.
 */
export const inlineJson = (text: string): string => {
  try {
    JSON.parse(text)
    return text.replace(/[\r\n]/g, ' ')
  } catch {
    return quoteText(text)
  }
}
