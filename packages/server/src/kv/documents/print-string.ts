import { isUtf8 } from 'node:buffer'
import { escapeForHtml } from './indent-json.js'

/** Bytes as a JSON string with its quotes, as Go prints it (one character for each byte); what is not UTF-8 is \ufffd. */
export const printString = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) return printParts(bytes)
  const text = JSON.stringify(bytes.toString('utf8')).replace(/\\[bf]/g, (found) => goEscapes[found]!)
  return escapeForHtml(Buffer.from(text).toString('latin1'))
}

// JSON.stringify has short forms that Go does not have.
const goEscapes: Readonly<Record<string, string>> = { '\\b': '\\u0008', '\\f': '\\u000c' }

// Each byte that belongs to no character is replaced on its own.
const printParts = (bytes: Buffer): string => {
  let out = '"'
  for (let start = 0; start < bytes.length; ) {
    const length = characterLength(bytes, start)
    out += length === 0 ? '\\ufffd' : printString(bytes.subarray(start, start + length)).slice(1, -1)
    start += Math.max(1, length)
  }
  return `${out}"`
}

/** 0: no character begins here. */
const characterLength = (bytes: Buffer, start: number): number => {
  for (let length = 1; length <= 4 && start + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(start, start + length))) return length
  }
  return 0
}
