import {
  decodeJsonString,
  type JsonContainerKind,
  type JsonScalarKind,
  JsonScanError,
  type JsonVisitor,
  scanJson,
} from '@easyrest/protocol'
import { sameNames } from '@easyrest/sql'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'
import { fitsNumeric, integerText, isExactDouble, isExactSingle } from './number-text.js'
import { isExactTime } from './time-text.js'
import { quoted, unfit } from './unfit.js'

/** Rows of a body that name the same columns, one behind the other. */
export interface RowRun {
  /** Members of the rows by the names they have there. */
  readonly names: readonly string[]
  readonly rowCount: number
  /** Where they are: from the first byte of the first row to behind the last. */
  readonly start: number
  readonly end: number
}

/**
 * Walks the rows of a body once: finds which columns they name, and refuses values that the server would round, cut or
 * take for something else. What it lets through reaches the server as it stands, digit by digit.
 *
 * @param rowDepth 2 for an array of objects, 1 for one object
 * @param columnOf the column of a member; undefined: the member is ignored. Throws `unknown_column`.
 */
export const readRowRuns = (
  bytes: Buffer,
  rowDepth: 1 | 2,
  columnOf: (name: string) => PostgresColumn | undefined,
): readonly RowRun[] => {
  const walk = new RowWalk(bytes, rowDepth, columnOf)
  scanJson(bytes, walk, contractLimits)
  // What is no JSON says nothing about columns.
  if (walk.unknown !== undefined) throw walk.unknown
  return walk.runs
}

// The host has applied its own, smaller limits already.
const contractLimits = { maxDepth: 1000, maxMembers: 100_000 }

class RowWalk implements JsonVisitor {
  readonly runs: MutableRun[] = []
  /** The error for the first member that is no column. */
  unknown: unknown
  private names: string[] = []
  private column: PostgresColumn | undefined
  private rowStart = 0
  private valueStart = 0
  /** The first escaped U+0000 that no value before the current one holds; behind the end: there is none. */
  private nextNul = -1

  constructor(
    private readonly bytes: Buffer,
    private readonly rowDepth: number,
    private readonly columnOf: (name: string) => PostgresColumn | undefined,
  ) {}

  key(start: number, end: number, depth: number): void {
    if (depth !== this.rowDepth) return
    const name = decodeJsonString(this.bytes, start, end)
    this.column = this.find(name)
    if (this.column !== undefined) this.names.push(name)
  }

  scalar(kind: JsonScalarKind, start: number, end: number, depth: number): void {
    if (depth < this.rowDepth) this.fail(depth, start)
    if (depth === this.rowDepth && this.column !== undefined) this.check(this.column, kind, start, end)
  }

  open(kind: JsonContainerKind, start: number, depth: number): void {
    if (depth <= this.rowDepth && kind !== (depth === this.rowDepth ? 'object' : 'array')) this.fail(depth - 1, start)
    if (depth === this.rowDepth) this.beginRow(start)
    if (depth === this.rowDepth + 1) this.valueStart = start
  }

  close(_kind: JsonContainerKind, end: number, depth: number): void {
    if (depth === this.rowDepth) this.endRow(end)
    else if (depth === this.rowDepth + 1 && this.column !== undefined) this.checkContainer(this.column, end)
  }

  private find(name: string): PostgresColumn | undefined {
    try {
      return this.columnOf(name)
    } catch (error) {
      this.unknown ??= error
      return undefined
    }
  }

  private beginRow(start: number): void {
    this.rowStart = start
    this.names = []
  }

  private endRow(end: number): void {
    const run = this.runs.at(-1)
    if (run !== undefined && sameNames(run.names, this.names)) {
      run.rowCount++
      run.end = end
    } else this.runs.push({ names: this.names, rowCount: 1, start: this.rowStart, end })
  }

  private check(column: PostgresColumn, kind: JsonScalarKind, start: number, end: number): void {
    if (kind === 'null') return
    if (kind === 'string') this.checkString(column, start, end)
    else if (!fitsScalar(column, kind, this.bytes.toString('latin1', start, end))) {
      throw unfit(column, this.bytes.toString('utf8', start, Math.min(end, start + 60)))
    }
  }

  private checkString(column: PostgresColumn, start: number, end: number): void {
    this.checkNul(column, start, end)
    if (column.kind === 'other' || column.kind === 'json' || column.kind === 'jsonb') return
    if (column.kind === 'text' && column.modifier < 0 && column.sqlType !== 'name') return
    const text = decodeJsonString(this.bytes, start, end)
    if (!fitsText(column, text)) throw unfit(column, quoted(text))
  }

  private checkContainer(column: PostgresColumn, end: number): void {
    if (!takesContainers.includes(column.kind)) throw unfit(column, 'an object or an array')
    this.checkNul(column, this.valueStart, end)
  }

  // The character itself cannot stand in JSON, and a backslash in front of it would have to be one of a pair.
  private checkNul(column: PostgresColumn, start: number, end: number): void {
    if (this.nextNul < start) this.nextNul = this.findNul(start)
    if (this.nextNul >= end) return
    if (/(?:^|[^\\])(?:\\\\)*\\u0000/.test(this.bytes.toString('utf8', start, end))) throw unfit(column, 'U+0000')
  }

  // Reads on to the end of the body, which may not happen for each value.
  private findNul(start: number): number {
    const at = this.bytes.indexOf('\\u0000', start)
    return at < 0 ? this.bytes.length : at
  }

  /** @param depth how many containers are around the value */
  private fail(depth: number, offset: number): never {
    const expected = depth === this.rowDepth - 1 ? 'an object' : 'an array'
    throw new JsonScanError('syntax', `expected ${expected}`, offset)
  }
}

type MutableRun = { -readonly [Member in keyof RowRun]: RowRun[Member] }

const takesContainers: readonly ValueKind[] = ['json', 'jsonb', 'other']

/** Of a number, true or false. */
const fitsScalar = ({ kind, modifier }: PostgresColumn, scalar: JsonScalarKind, text: string): boolean => {
  if (takesContainers.includes(kind)) return true
  if (kind === 'boolean') return scalar !== 'number' || text === '0' || text === '1'
  if (scalar !== 'number') return false
  return fitsNumber(kind, text, modifier)
}

const fitsNumber = (kind: ValueKind, text: string, modifier: number): boolean => {
  if (kind === 'int2' || kind === 'int4' || kind === 'int8') return integerText(kind, text) !== undefined
  if (kind === 'decimal') return fitsNumeric(text, modifier)
  if (kind === 'float8') return isExactDouble(text)
  return kind === 'float4' && isExactSingle(text)
}

/** Of a string, also where a CSV or form body could say it in no other way. */
const fitsText = ({ kind, modifier, sqlType }: PostgresColumn, text: string): boolean => {
  if (kind === 'text') return sqlType === 'name' ? Buffer.byteLength(text) < 64 : [...text].length <= modifier - 4
  if (kind === 'boolean') return ['true', 'false', '1', '0'].includes(text.toLowerCase())
  if (kind === 'bytes') return Buffer.from(text, 'base64').toString('base64') === text
  return fitsNumber(kind, text, modifier) || isExactTime(kind, text, modifier)
}
