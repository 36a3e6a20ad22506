import type { Binding } from '@easyrest/sql'
import { typedValue } from './bindings.js'

/** A value as SQL, for definitions, which take no parameters; undefined: it cannot be written so. */
export const sqlLiteral = ({ value }: Binding): string | undefined => {
  const plain = typedValue(value)
  if (Buffer.isBuffer(plain)) return `X'${plain.toString('hex')}'`
  if (typeof plain === 'string') return plain.includes('\0') ? undefined : `'${escaped(plain)}'`
  return typeof plain === 'number' ? plain.toExponential() : String(plain)
}

// The session's sql_mode is ours: a backslash escapes.
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "''")
