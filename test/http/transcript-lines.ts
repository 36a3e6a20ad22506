import type { Header } from '../support/http.js'

/** Lines with a position; comments (a # that does not begin a case) are gone. */
export class TranscriptLines {
  readonly #lines: readonly string[]
  #index = 0

  constructor(
    readonly file: string,
    text: string,
  ) {
    this.#lines = text.replace(/\n$/, '').split('\n')
  }

  get number(): number {
    return this.#index + 1
  }

  get atEnd(): boolean {
    return this.#index >= this.#lines.length
  }

  /** undefined at the end and before the next case: both end whatever is being read. */
  get current(): string | undefined {
    const line = this.#lines[this.#index]
    return line === undefined || line.startsWith('### ') ? undefined : line
  }

  get title(): string | undefined {
    return this.#lines[this.#index]
  }

  next(): void {
    this.#index++
  }

  skipBlank(): void {
    while (this.current !== undefined && (this.current.trim() === '' || /^#( |$)/.test(this.current))) this.next()
  }

  error(line: number, message: string): TranscriptError {
    return new TranscriptError(`${this.file}:${line}: ${message}`)
  }
}

/** A transcript that cannot be read. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError'
}

export function parseHeader(lines: TranscriptLines, number: number, line: string): Header {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(line) ?? []
  if (name === undefined || value === undefined) throw lines.error(number, `expected "Name: value", got "${line}"`)
  return [name, value]
}
