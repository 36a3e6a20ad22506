import { BadValue } from './bad-value.js'

const units = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }

/** `10MB` (decimal), `10MiB` (binary), `10485760` or `10485760B` in bytes. */
export function parseSize(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value
  const parts = typeof text === 'string' ? /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim()) : null
  const bytes = parts === null ? Number.NaN : Number(parts[1]) * unitOf(parts[2])
  if (!Number.isSafeInteger(bytes)) throw new BadValue('expected a size such as 10MB, 10MiB or a number of bytes')
  return bytes
}

function unitOf(name = 'b'): number {
  return units[name.toLowerCase() as keyof typeof units] ?? Number.NaN
}
