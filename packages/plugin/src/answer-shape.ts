import { AnswerError, describe, printRows } from './print-rows.js'

/**
 * Checks what a plugin's method answered and completes it for the wire. The compiler has seen the type, but authors
 * write JavaScript too, and a wrong shape must be an error that says where, not bytes that nobody can read.
 */
export class AnswerShape {
  private readonly members: Readonly<Record<string, unknown>>

  /** @param method as the author knows it, e.g. tableGet */
  constructor(
    private readonly method: string,
    answer: unknown,
  ) {
    if (typeof answer !== 'object' || answer === null) throw this.error('an object', answer)
    this.members = answer as Readonly<Record<string, unknown>>
  }

  /** Rows given as bytes or objects. */
  rows(): { rows: Uint8Array; rowCount: number } {
    const { rows } = this.members
    if (rows instanceof Uint8Array) return { rows: this.jsonOf('rows', '[', ']'), rowCount: this.count('rowCount') }
    if (Array.isArray(rows)) return { rows: printRows(rows, this.method), rowCount: rows.length }
    throw this.error('rows: the bytes of a JSON array, or an array of objects', rows, 'rows')
  }

  /** As `rows`, for writes, which may answer none. */
  optionalRows(): { rows: Uint8Array; rowCount: number } {
    return this.members.rows === undefined ? { rows: noBytes, rowCount: 0 } : this.rows()
  }

  /** A number of something. */
  count(name: string, absent?: number): number {
    const value = this.members[name] ?? absent
    if (isCount(value)) return value
    throw this.error(`${name}: an integer from 0`, this.members[name], name)
  }

  optionalCount(name: string): number | undefined {
    return this.members[name] === undefined ? undefined : this.count(name)
  }

  text(name: string, absent?: string): string {
    const value = this.members[name] ?? absent
    if (typeof value === 'string') return value
    throw this.error(`${name}: a string`, this.members[name], name)
  }

  optionalText(name: string): string | undefined {
    return this.members[name] === undefined || this.members[name] === null ? undefined : this.text(name)
  }

  flag(name: string): boolean {
    const value = this.members[name] ?? false
    if (typeof value === 'boolean') return value
    throw this.error(`${name}: a boolean`, value, name)
  }

  bytes(name: string): Uint8Array {
    const value = this.members[name] ?? noBytes
    if (value instanceof Uint8Array) return value
    throw this.error(`${name}: bytes`, value, name)
  }

  /** The bytes of a JSON value, which is never empty. */
  json(name: string): Uint8Array {
    const value = this.bytes(name)
    if (value.length > 0) return value
    throw this.error(`${name}: the bytes of a JSON value`, new Preview('no bytes'), name)
  }

  /** Bytes of JSON between two brackets. Only the ends are looked at: nobody parses a row on its way. */
  jsonOf(name: string, first: string, last: string): Uint8Array {
    const value = this.bytes(name)
    if (outerCharacter(value, 0, 1) === first && outerCharacter(value, value.length - 1, -1) === last) return value
    throw this.error(`${name}: JSON that begins with ${first} and ends with ${last}`, preview(value), name)
  }

  /** An object, or the bytes of one. */
  jsonObject(name: string): Uint8Array {
    const value = this.members[name]
    if (value instanceof Uint8Array) return this.jsonOf(name, '{', '}')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Buffer.from(JSON.stringify(value))
    throw this.error(`${name}: an object, or its JSON bytes`, value, name)
  }

  list(name: string): readonly unknown[] {
    const value = this.members[name]
    if (Array.isArray(value)) return value
    throw this.error(`${name}: an array`, value, name)
  }

  private error(expected: string, received: unknown, name?: string): AnswerError {
    const what = received instanceof Preview ? received.text : describe(received)
    const place = name === undefined ? this.method : `${this.method} answered a wrong "${name}"`
    return new AnswerError(`${place}: expected ${expected}, got ${what}`)
  }
}

export const noBytes: Uint8Array = Buffer.alloc(0)

class Preview {
  constructor(readonly text: string) {}
}

const preview = (bytes: Uint8Array): Preview =>
  new Preview(bytes.length === 0 ? 'no bytes' : `${bytes.length} bytes that do not`)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The first character that is no white space, from either end. */
const outerCharacter = (bytes: Uint8Array, start: number, step: number): string => {
  let index = start
  while (isSpace(bytes[index])) index += step
  return String.fromCharCode(bytes[index] ?? 0)
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
