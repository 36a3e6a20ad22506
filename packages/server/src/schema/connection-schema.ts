import { ApiError } from '../errors.js'

/** What a plugin says of its database, as db.proto describes it. */
export interface ConnectionSchema {
  readonly tables: Readonly<Record<string, TableSchema>>
  readonly views: Readonly<Record<string, TableSchema>>
  readonly rpc: Readonly<Record<string, readonly unknown[]>>
}

export interface TableSchema {
  readonly properties: Readonly<Record<string, ColumnSchema>>
  readonly required?: readonly string[]
  readonly 'x-primary-key'?: readonly string[]
  readonly 'x-foreign-keys'?: readonly unknown[]
}

export interface ColumnSchema {
  readonly type?: string
  readonly format?: string
  readonly readOnly?: boolean
  readonly 'x-nullable'?: boolean
}

/** Of the bytes of a GetSchema. Throws ApiError plugin_error. */
export const parseConnectionSchema = (bytes: Uint8Array): ConnectionSchema => {
  try {
    const { tables, views, rpc } = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return {
      tables: membersOf(tables, tableOf),
      views: membersOf(views, tableOf),
      rpc: membersOf(rpc, (value) => (Array.isArray(value) ? value : [])),
    }
  } catch (cause) {
    throw new ApiError('plugin_error', { cause })
  }
}

const membersOf = <Value>(object: unknown, read: (value: unknown) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(objectOf(object)).map(([name, value]) => [name, read(value)]))

const tableOf = (value: unknown): TableSchema => {
  const table = objectOf<TableSchema>(value)
  return { ...table, properties: membersOf(table.properties, objectOf<ColumnSchema>) }
}

// A plugin may leave a part out, or say null.
const objectOf = <Shape extends object>(value: unknown): Shape =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Shape
