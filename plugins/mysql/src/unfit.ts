import { PluginError } from '@easyrest/protocol'
import type { ValueType } from './column-type.js'
import type { MysqlColumn } from './mysql-table.js'

/** The error for a value that the column cannot hold, or not exactly. */
export const unfit = (column: Pick<MysqlColumn, 'name' | 'type'>, received: string, expected?: string): PluginError =>
  new PluginError('bad_value', `${column.name} takes ${expected ?? expectations[column.type]}, not ${received}`, {
    details: { column: column.name },
  })

export const quotedValue = (text: string): string =>
  JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 57)}...`)

const expectations: Readonly<Record<ValueType, string>> = {
  integer: 'an integer',
  boolean: 'true or false',
  bits: 'an integer from 0',
  decimal: 'a number',
  float: 'a number that a float holds exactly',
  double: 'a number that a double holds exactly',
  year: 'a year such as 2024',
  date: 'a date such as 2024-06-01',
  time: 'a time such as 12:30:00',
  datetime: 'a timestamp such as 2024-06-01T12:00:00',
  timestamp: 'a timestamp such as 2024-06-01T12:00:00Z',
  text: 'a string',
  enum: 'one of its values',
  set: 'some of its values, separated by commas',
  bytes: 'a string of base64 with padding',
  json: 'a JSON value',
  geometry: 'a geometry',
  other: 'a string',
}
