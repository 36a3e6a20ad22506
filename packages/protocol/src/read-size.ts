const units = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }

/** `10MB` (decimal), `10MiB` (binary), `10485760` or `10485760B` in bytes; undefined: no size. */
export const readSize = (text: string): number | undefined => {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim())
  const bytes = parts === null ? Number.NaN : Number(parts[1]) * unitOf(parts[2])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

const unitOf = (name = 'b'): number => units[name.toLowerCase() as keyof typeof units] ?? Number.NaN
