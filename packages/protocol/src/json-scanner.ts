import { isUtf8 } from 'node:buffer'

/** Told of each token while the scanner walks. Spans are [start, end) offsets into the bytes. */
export interface JsonVisitor {
  /** A member name; the span includes the quotes. `depth` is that of the object. */
  key?(start: number, end: number, depth: number): void
  /** A value that is no object or array; strings include their quotes. `depth` is that of the enclosing container. */
  scalar?(kind: JsonScalarKind, start: number, end: number, depth: number): void
  /** An object or array begins; the outermost has depth 1. */
  open?(kind: JsonContainerKind, start: number, depth: number): void
  /** The object or array that began last ends; `end` is behind its bracket. */
  close?(kind: JsonContainerKind, end: number, depth: number): void
}

export type JsonScalarKind = 'string' | 'number' | 'true' | 'false' | 'null'
export type JsonContainerKind = 'object' | 'array'

export interface JsonLimits {
  /** Levels of objects and arrays. */
  readonly maxDepth: number
  /** Members of one object. */
  readonly maxMembers: number
}

export const defaultJsonLimits: JsonLimits = { maxDepth: 32, maxMembers: 1000 }

/**
 * Walks one JSON text (RFC 8259) without building values, so that digits, order and spelling stay what they are.
 * Refuses what a lenient parser would let through: members that occur twice, lone surrogates, bytes that are not UTF-8.
 * Throws JsonScanError.
 */
export const scanJson = (bytes: Buffer, visitor: JsonVisitor, limits: JsonLimits = defaultJsonLimits): void => {
  if (!isUtf8(bytes)) throw new JsonScanError('syntax', 'the text is not valid UTF-8', 0)
  const scanner = new Scanner(bytes, visitor, limits)
  scanner.space()
  scanner.value(0)
  scanner.space()
  if (scanner.position < bytes.length) scanner.fail('expected the end of the text')
}

export type JsonProblem = 'syntax' | 'duplicate_member' | 'too_deep' | 'too_many_members'

/** A text that is not the JSON it should be; `offset` is in bytes. */
export class JsonScanError extends Error {
  override readonly name = 'JsonScanError'

  constructor(
    readonly problem: JsonProblem,
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`)
  }
}

/** The text of a string token, quotes and escapes removed. */
export const decodeJsonString = (bytes: Buffer, start: number, end: number): string => {
  const raw = bytes.toString('utf8', start + 1, end - 1)
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}

class Scanner {
  position = 0

  constructor(
    private readonly bytes: Buffer,
    private readonly visitor: JsonVisitor,
    private readonly limits: JsonLimits,
  ) {}

  value(depth: number): void {
    const start = this.position
    const byte = this.bytes[start]
    if (byte === quote) {
      this.string()
      this.visitor.scalar?.('string', start, this.position, depth)
    } else if (byte === openBrace) this.object(depth + 1)
    else if (byte === openBracket) this.array(depth + 1)
    else if (byte === lowerT) this.literal('true', start, depth)
    else if (byte === lowerF) this.literal('false', start, depth)
    else if (byte === lowerN) this.literal('null', start, depth)
    else if (byte === minus || isDigit(byte)) {
      this.number()
      this.visitor.scalar?.('number', start, this.position, depth)
    } else this.fail('expected a value')
  }

  space(): void {
    while (isSpace(this.bytes[this.position])) this.position++
  }

  fail(expected: string): never {
    const found = this.position < this.bytes.length ? '' : ', but the text ends'
    throw new JsonScanError('syntax', expected + found, this.position)
  }

  private object(depth: number): void {
    this.enter('object', depth)
    if (this.bytes[this.position] === closeBrace) return this.leave('object', depth)
    const names = new Set<string>()
    for (;;) {
      this.member(names, depth)
      this.space()
      const byte = this.bytes[this.position]
      if (byte === closeBrace) return this.leave('object', depth)
      if (byte !== comma) this.fail('expected "," or "}"')
      this.position++
      this.space()
    }
  }

  private member(names: Set<string>, depth: number): void {
    const start = this.position
    if (this.bytes[start] !== quote) this.fail('expected a member name in quotes')
    this.string()
    const name = decodeJsonString(this.bytes, start, this.position)
    if (names.has(name)) {
      throw new JsonScanError('duplicate_member', `the member ${JSON.stringify(name)} occurs twice`, start)
    }
    if (names.size === this.limits.maxMembers) {
      throw new JsonScanError('too_many_members', `an object has more than ${this.limits.maxMembers} members`, start)
    }
    names.add(name)
    this.visitor.key?.(start, this.position, depth)
    this.space()
    if (this.bytes[this.position] !== colon) this.fail('expected ":"')
    this.position++
    this.space()
    this.value(depth)
  }

  private array(depth: number): void {
    this.enter('array', depth)
    if (this.bytes[this.position] === closeBracket) return this.leave('array', depth)
    for (;;) {
      this.value(depth)
      this.space()
      const byte = this.bytes[this.position]
      if (byte === closeBracket) return this.leave('array', depth)
      if (byte !== comma) this.fail('expected "," or "]"')
      this.position++
      this.space()
    }
  }

  private enter(kind: JsonContainerKind, depth: number): void {
    if (depth > this.limits.maxDepth) {
      throw new JsonScanError('too_deep', `values are nested deeper than ${this.limits.maxDepth}`, this.position)
    }
    this.visitor.open?.(kind, this.position, depth)
    this.position++
    this.space()
  }

  private leave(kind: JsonContainerKind, depth: number): void {
    this.position++
    this.visitor.close?.(kind, this.position, depth)
  }

  private literal(word: 'true' | 'false' | 'null', start: number, depth: number): void {
    if (this.bytes.toString('latin1', start, start + word.length) !== word) this.fail(`expected ${word}`)
    this.position += word.length
    this.visitor.scalar?.(word, start, this.position, depth)
  }

  private number(): void {
    if (this.bytes[this.position] === minus) this.position++
    if (this.bytes[this.position] === zero) this.position++
    else this.digits()
    if (this.bytes[this.position] === dot) {
      this.position++
      this.digits()
    }
    const byte = this.bytes[this.position]
    if (byte === lowerE || byte === upperE) {
      this.position++
      const sign = this.bytes[this.position]
      if (sign === plus || sign === minus) this.position++
      this.digits()
    }
  }

  private digits(): void {
    if (!isDigit(this.bytes[this.position])) this.fail('expected a digit')
    while (isDigit(this.bytes[this.position])) this.position++
  }

  private string(): void {
    const start = this.position++
    for (;;) {
      const byte = this.bytes[this.position]
      if (byte === undefined) this.fail('expected the end of a string')
      if (byte === quote) break
      if (byte < 0x20) this.fail('expected no control character in a string')
      if (byte === backslash) this.escape(start)
      else this.position++
    }
    this.position++
  }

  private escape(stringStart: number): void {
    const kind = this.bytes[this.position + 1]
    if (kind === lowerU) {
      const unit = this.hexUnit(this.position + 2)
      this.position += 6
      if (unit >= 0xd800 && unit <= 0xdbff) this.lowSurrogate(stringStart)
      else if (unit >= 0xdc00 && unit <= 0xdfff) this.loneSurrogate(stringStart)
    } else if (kind !== undefined && simpleEscapes.has(kind)) this.position += 2
    else this.fail('expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u')
  }

  private lowSurrogate(stringStart: number): void {
    const escaped = this.bytes[this.position] === backslash && this.bytes[this.position + 1] === lowerU
    if (!escaped) this.loneSurrogate(stringStart)
    const unit = this.hexUnit(this.position + 2)
    if (unit < 0xdc00 || unit > 0xdfff) this.loneSurrogate(stringStart)
    this.position += 6
  }

  // No database and no UTF-8 text can hold half a character.
  private loneSurrogate(stringStart: number): never {
    throw new JsonScanError('syntax', 'a string holds a surrogate without its other half', stringStart)
  }

  private hexUnit(start: number): number {
    const digits = this.bytes.toString('latin1', start, start + 4)
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) this.fail('expected four hexadecimal digits behind \\u')
    return Number.parseInt(digits, 16)
  }
}

const quote = 0x22
const plus = 0x2b
const comma = 0x2c
const minus = 0x2d
const dot = 0x2e
const zero = 0x30
const colon = 0x3a
const upperE = 0x45
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const lowerE = 0x65
const lowerF = 0x66
const lowerN = 0x6e
const lowerT = 0x74
const lowerU = 0x75
const openBrace = 0x7b
const closeBrace = 0x7d

const simpleEscapes = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)))

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
