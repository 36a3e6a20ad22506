import { ApiError } from '../errors.js'

/** What a plugin says of its database, as db.proto describes it. */
export interface ConnectionSchema {
  readonly tables: Readonly<Record<string, TableSchema>>
  readonly views: Readonly<Record<string, TableSchema>>
  readonly rpc: Readonly<Record<string, readonly unknown[]>>
}

export interface TableSchema {
  readonly properties?: Readonly<Record<string, ColumnSchema>>
  readonly required?: readonly string[]
  readonly 'x-primary-key'?: readonly string[]
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
    const { tables = {}, views = {}, rpc = {} } = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return { tables, views, rpc }
  } catch (cause) {
    throw new ApiError('plugin_error', { cause })
  }
}
