import { readSize } from '@easyrest/protocol'
import { BadValue } from './bad-value.js'

/** A size in bytes; a number is a number of bytes. */
export function parseSize(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value
  const bytes = typeof text === 'string' ? readSize(text) : undefined
  if (bytes === undefined) throw new BadValue('expected a size such as 10MB, 10MiB or a number of bytes')
  return bytes
}
