/** Bytes of memory that an entry takes: its two strings as V8 keeps them, and what is around them. */
export const entryBytes = (key: string, value: string): number => stringBytes(key) + stringBytes(value) + overheadBytes

// V8 keeps a string at one byte a character unless one of them needs two.
const stringBytes = (text: string): number => (oneByte.test(text) ? text.length : 2 * text.length)

const oneByte = /^[\0-\xff]*$/

/** Of the map, the order and the times of one entry, and the heads of two strings: measured 120 to 165. */
export const overheadBytes = 256
