import {
  decodeJsonString,
  type JsonContainerKind,
  type JsonLimits,
  type JsonScalarKind,
  JsonScanError,
  scanJson,
} from './json-scanner.js'

/**
 * One member of a row as it stands in the JSON text. Numbers keep their digits, objects and arrays their spelling.
 * A plugin turns it into what its database takes.
 */
export type JsonValue =
  | { readonly kind: 'null' | 'true' | 'false' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }

export type JsonRow = ReadonlyMap<string, JsonValue>

/** The rows of TableCreate (a JSON array of objects). Throws JsonScanError. */
export const parseJsonRows = (bytes: Uint8Array): JsonRow[] => {
  const rows: JsonRow[] = []
  const collector = new RowCollector(asBuffer(bytes), 2, (row) => rows.push(row))
  scanJson(collector.bytes, collector, contractLimits)
  return rows
}

/** The data of TableUpdate, or the arguments of a function (one JSON object). Throws JsonScanError. */
export const parseJsonRow = (bytes: Uint8Array): JsonRow => {
  let result: JsonRow = new Map()
  const collector = new RowCollector(asBuffer(bytes), 1, (row) => {
    result = row
  })
  scanJson(collector.bytes, collector, contractLimits)
  return result
}

/** The elements of one JSON array, such as last_key. Throws JsonScanError. */
export const parseJsonValues = (bytes: Uint8Array): JsonValue[] => {
  const values: JsonValue[] = []
  const text = asBuffer(bytes)
  let nestedStart = 0
  scanJson(
    text,
    {
      open: (kind, start, depth) => {
        if (depth === 1 && kind !== 'array') throw new JsonScanError('syntax', 'expected an array', start)
        if (depth === 2) nestedStart = start
      },
      close: (_kind, end, depth) => {
        if (depth === 2) values.push({ kind: 'json', text: text.toString('utf8', nestedStart, end) })
      },
      scalar: (kind, start, end, depth) => {
        if (depth === 0) throw new JsonScanError('syntax', 'expected an array', start)
        if (depth === 1) values.push(scalarValue(text, kind, start, end))
      },
    },
    contractLimits,
  )
  return values
}

// The host has applied its own, smaller limits already.
const contractLimits: JsonLimits = { maxDepth: 1000, maxMembers: 100_000 }

class RowCollector {
  private row = new Map<string, JsonValue>()
  private name = ''
  private nestedStart = 0

  /** @param rowDepth the depth at which an object is a row */
  constructor(
    readonly bytes: Buffer,
    private readonly rowDepth: number,
    private readonly emit: (row: JsonRow) => void,
  ) {}

  key(start: number, end: number, depth: number): void {
    if (depth === this.rowDepth) this.name = decodeJsonString(this.bytes, start, end)
  }

  scalar(kind: JsonScalarKind, start: number, end: number, depth: number): void {
    if (depth < this.rowDepth) this.fail(depth, start)
    if (depth !== this.rowDepth) return
    this.row.set(this.name, scalarValue(this.bytes, kind, start, end))
  }

  open(kind: JsonContainerKind, start: number, depth: number): void {
    if (depth <= this.rowDepth && kind !== (depth === this.rowDepth ? 'object' : 'array')) this.fail(depth - 1, start)
    if (depth === this.rowDepth) this.row = new Map()
    else if (depth === this.rowDepth + 1) this.nestedStart = start
  }

  close(_kind: string, end: number, depth: number): void {
    if (depth === this.rowDepth) this.emit(this.row)
    else if (depth === this.rowDepth + 1) {
      this.row.set(this.name, { kind: 'json', text: this.bytes.toString('utf8', this.nestedStart, end) })
    }
  }

  /** @param depth how many containers are around the value */
  private fail(depth: number, offset: number): never {
    throw new JsonScanError('syntax', depth === this.rowDepth - 1 ? 'expected an object' : 'expected an array', offset)
  }
}

const scalarValue = (bytes: Buffer, kind: JsonScalarKind, start: number, end: number): JsonValue => {
  if (kind === 'string') return { kind, text: decodeJsonString(bytes, start, end) }
  if (kind === 'number') return { kind, text: bytes.toString('latin1', start, end) }
  return { kind }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
