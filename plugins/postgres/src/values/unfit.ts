import { PluginError } from '@easyrest/protocol'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'

/** The error for a value that a column cannot hold exactly. */
export const unfit = ({ name, kind, sqlType }: PostgresColumn, received: string): PluginError =>
  new PluginError('bad_value', `${name} takes ${expectations[kind] ?? `a value of type ${sqlType}`}, not ${received}`, {
    details: { column: name },
  })

export const quoted = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 57)}...`)

const expectations: Readonly<Partial<Record<ValueKind, string>>> = {
  int2: 'a whole number of 16 bits',
  int4: 'a whole number of 32 bits',
  int8: 'a whole number of 64 bits',
  float4: 'a number that a single-precision number holds exactly',
  float8: 'a number that a double holds exactly',
  boolean: 'true or false',
  bytes: 'a string of base64 with padding',
  date: 'a date such as 2024-06-01',
  time: 'a time such as 12:00:00',
  timetz: 'a time such as 12:00:00+02:00',
  timestamp: 'a timestamp without an offset, such as 2024-06-01T12:00:00',
  timestamptz: 'a timestamp such as 2024-06-01T12:00:00Z',
  json: 'JSON',
  jsonb: 'JSON without U+0000',
}
