import {
  decodeJsonString,
  isIdentifier,
  type JsonContainerKind,
  type JsonScalarKind,
  JsonScanError,
  scanJson,
} from '@easyrest/protocol'
import { ApiError, type ErrorCode } from '../errors.js'
import { type ContextValues, isContextReference, unescapeReference } from './context-values.js'

/** Rows of a write, walked once: names checked, context values replaced, every other byte as it came. */
export interface RowsBody {
  /** The bytes of a JSON array of objects. */
  readonly rows: Buffer
  readonly rowCount: number
}

/**
 * The body of a POST on a table: one object or an array of objects, which name the same members unless the request says
 * which columns are written.
 */
export const parseRowsBody = (body: Buffer, values: ContextValues, columns: readonly string[] = []): RowsBody => {
  const walker = walk(body, values, 'rows', columns.length > 0)
  const json = walker.rewritten()
  return {
    rows: walker.isArray ? json : Buffer.concat([openBracket, json, closeBracket]),
    rowCount: walker.rowCount,
  }
}

/** The body of a PATCH: one object with at least one member. Returns its bytes. */
export const parseRowBody = (body: Buffer, values: ContextValues): Buffer => {
  const walker = walk(body, values, 'row')
  if (walker.memberCount === 0) throw badBody('an object with at least one column', 'an empty object')
  return walker.rewritten()
}

/** The body of a function call: one object of arguments, perhaps empty. Returns its bytes. */
export const parseArgumentsBody = (body: Buffer, values: ContextValues): Buffer => walk(body, values, 'row').rewritten()

type Shape = 'rows' | 'row'

const walk = (body: Buffer, values: ContextValues, shape: Shape, mayDiffer = false): BodyWalker => {
  if (body.length === 0) throw new ApiError('bad_json', { detail: 'Expected a JSON body, got an empty one' })
  const walker = new BodyWalker(body, values, shape, mayDiffer)
  try {
    scanJson(body, walker)
  } catch (error) {
    if (error instanceof JsonScanError) throw scanProblem(error)
    throw error
  }
  return walker
}

const scanProblem = (error: JsonScanError): ApiError => {
  const codes: Record<typeof error.problem, ErrorCode> = {
    syntax: 'bad_json',
    duplicate_member: 'duplicate_member',
    too_deep: 'bad_json',
    too_many_members: 'bad_json',
  }
  return new ApiError(codes[error.problem], { detail: `In the body, ${error.message}` })
}

class BodyWalker {
  isArray = false
  rowCount = 0
  memberCount = 0
  private rowDepth = 1
  private firstRow: Set<string> | undefined
  /** As they are written. */
  private readonly firstKeys: Buffer[] = []
  private rowMembers = 0
  private readonly pieces: Buffer[] = []
  private copied = 0

  constructor(
    private readonly body: Buffer,
    private readonly values: ContextValues,
    private readonly shape: Shape,
    /** Objects may have other members than the first. */
    private readonly mayDiffer: boolean,
  ) {}

  open(kind: JsonContainerKind, _start: number, depth: number): void {
    if (depth === 1 && kind === 'array') this.openArray()
    else if (depth === this.rowDepth) {
      if (kind !== 'object') throw badBody('an array of objects', 'an array in it')
      this.rowCount++
      this.rowMembers = 0
    }
  }

  close(_kind: JsonContainerKind, _end: number, depth: number): void {
    if (depth !== this.rowDepth || this.rowCount === 0 || this.mayDiffer) return
    this.firstRow ??= new Set()
    if (this.rowMembers !== this.firstRow.size) throw this.unequalRows()
  }

  key(start: number, end: number, depth: number): void {
    if (depth !== this.rowDepth) return
    if (this.isKeyOfFirstRow(start, end)) {
      this.memberCount++
      this.rowMembers++
      return
    }
    const name = decodeJsonString(this.body, start, end)
    if (!isIdentifier(name)) {
      throw new ApiError('bad_identifier', {
        detail: `Expected the members of the body to be column names (letters, digits and _), got ${JSON.stringify(name.slice(0, 80))}`,
      })
    }
    this.memberCount++
    this.rowMembers++
    if (this.rowCount === 1) this.firstKeys.push(this.body.subarray(start, end))
    if (this.mayDiffer) return
    if (this.rowCount === 1) this.firstRow = (this.firstRow ?? new Set()).add(name)
    else if (!this.firstRow!.has(name)) throw this.unequalRows(name)
  }

  /** Rows of many objects mostly spell their members alike, and each need be looked at once. */
  private isKeyOfFirstRow(start: number, end: number): boolean {
    const known = this.rowCount > 1 ? this.firstKeys[this.rowMembers] : undefined
    if (known === undefined || known.length !== end - start) return false
    for (let index = 0; index < known.length; index++) if (known[index] !== this.body[start + index]) return false
    return true
  }

  scalar(kind: JsonScalarKind, start: number, end: number, depth: number): void {
    if (depth < this.rowDepth) {
      throw badBody(this.shape === 'rows' ? 'an object or an array of objects' : 'one object', kind)
    }
    if (kind === 'string') this.replaceContextValue(start, end)
  }

  /** The body with its context values replaced; the body itself when there are none. */
  rewritten(): Buffer {
    if (this.pieces.length === 0) return this.body
    return Buffer.concat([...this.pieces, this.body.subarray(this.copied)])
  }

  private openArray(): void {
    if (this.shape === 'row') throw badBody('one object', 'an array')
    this.isArray = true
    this.rowDepth = 2
  }

  // Only a whole string that resolves is replaced; a text that merely looks like one stays data.
  private replaceContextValue(start: number, end: number): void {
    const first = this.body[start + 1]
    if (first !== lowerE && first !== lowerR && first !== backslash) return
    const text = decodeJsonString(this.body, start, end)
    const replacement = this.replacementOf(text)
    if (replacement === undefined) return
    this.pieces.push(this.body.subarray(this.copied, start), Buffer.from(JSON.stringify(replacement)))
    this.copied = end
  }

  private replacementOf(text: string): string | undefined {
    if (isContextReference(text)) return this.values.resolve(text)
    return unescapeReference(text)
  }

  private unequalRows(name?: string): ApiError {
    const got =
      name === undefined
        ? `${this.rowMembers} instead of ${this.firstRow!.size} in row ${this.rowCount}`
        : `${JSON.stringify(name)} in row ${this.rowCount}`
    return badBody('every object to have the members of the first', got)
  }
}

const badBody = (expected: string, got: string): ApiError =>
  new ApiError('bad_body', { detail: `Expected ${expected}, got ${got}` })

const openBracket = Buffer.from('[')
const closeBracket = Buffer.from(']')
const lowerE = 0x65
const lowerR = 0x72
const backslash = 0x5c
