import type {
  CallFunctionRequest,
  Capability,
  EnsureTableRequest,
  EnsureTableResponse,
  GetSchemaRequest,
  GetSchemaResponse,
  InitConnectionRequest,
  InitConnectionResponse,
  JsonRow,
  QueryRequest,
  TableBatchRequest,
  TableCreateRequest,
  TableCreateResponse,
  TableDeleteRequest,
  TableGetChunk,
  TableGetRequest,
  TableUpdateRequest,
} from '@easyrest/protocol'
import type { Call } from './call.js'

/**
 * What a plugin author implements to put a database behind EasyREST. The required methods make a minimal plugin; each
 * optional one is a capability, and so is everything named in `capabilities`.
 * Failures are thrown as PluginError; anything else that is thrown is answered as a failure of the plugin.
 */
export interface DBPlugin {
  /** Abilities beyond the minimum; those that follow from optional methods are added by the SDK. */
  readonly capabilities?: readonly Capability[]
  /** Connects and pings. Called once, before anything else. Throws `unavailable` when the database cannot be reached. */
  initConnection(request: InitConnectionRequest, call: Call): Promise<InitConnectionResponse>
  /** Reads. Throws `unknown_table`, `unknown_column`, and `bad_value` for an operand that does not convert. */
  tableGet(request: TableGetRequest, call: Call): Promise<RowsAnswer>
  /**
   * Inserts all rows or none; `checkWrite` says before the commit whether the request allows it. After a rollback
   * (`context.txEnd`) the answer is what would have been.
   */
  tableCreate(request: TableCreateRequest, call: Call): Promise<CreateAnswer>
  /** Changes the rows that match, all or none, as `tableCreate` does; none that matches is no failure. */
  tableUpdate(request: TableUpdateRequest, call: Call): Promise<ChangeAnswer>
  /** As `tableUpdate`. */
  tableDelete(request: TableDeleteRequest, call: Call): Promise<ChangeAnswer>
  /** Describes tables, views and functions, as db.proto says. */
  getSchema(request: GetSchemaRequest, call: Call): Promise<SchemaAnswer>
  /** Capability `functions`. Throws `unknown_function`. */
  callFunction?(request: CallFunctionRequest, call: Call): Promise<FunctionAnswer>
  /** Capability `stream`. Yields pieces of at most some 256 KiB; the SDK waits for the reader between them. */
  tableGetStream?(request: TableGetRequest, call: Call): AsyncIterable<TableGetChunk>
  /** Capability `query`: one statement that provably reads only; anything else is `permission`. */
  query?(request: QueryRequest, call: Call): Promise<RowsAnswer>
  /** Capability `ensure_table`: makes the table unless it is there. */
  ensureTable?(request: EnsureTableRequest, call: Call): Promise<EnsureTableResponse>
  /** Capability `batch`: all operations in one transaction; one answer for each. */
  tableBatch?(request: TableBatchRequest, call: Call): Promise<BatchAnswer>
  /** Called once when the process stops, after the last call has ended. */
  close?(): Promise<void>
}

/**
 * Rows as the bytes of a JSON array, which reach the client unchanged; or as objects (column -> value: what JSON holds,
 * bigint, bytes, Date); or as rows that parseJsonRows read, with the digits they had.
 */
export type Rows = Uint8Array | readonly (JsonRow | object)[]

export interface RowsAnswer {
  readonly rows: Rows
  /** Needed when rows are bytes. */
  readonly rowCount?: number
  readonly total?: number | undefined
  /** The bytes of a JSON array. */
  readonly lastKey?: Uint8Array
}

export interface FunctionAnswer {
  /** The bytes of a JSON value. */
  readonly result: Uint8Array
  /** The result is an array of rows. */
  readonly isSet?: boolean
  /** Needed of a set. */
  readonly rowCount?: number
  readonly total?: number | undefined
}

export interface CreateAnswer extends Partial<Omit<TableCreateResponse, 'rows' | 'affected'>> {
  readonly affected: number
  readonly rows?: Rows
}

export interface ChangeAnswer {
  readonly affected: number
  readonly rows?: Rows
  readonly rowCount?: number
}

/** Of each operation what the method of its kind answers, in their order. */
export interface BatchAnswer {
  readonly results: readonly {
    readonly create?: CreateAnswer
    readonly update?: ChangeAnswer
    readonly delete?: ChangeAnswer
  }[]
}

export interface SchemaAnswer extends Partial<Omit<GetSchemaResponse, 'schema'>> {
  /** The bytes of a JSON object, or the object. */
  readonly schema: Uint8Array | object
}
