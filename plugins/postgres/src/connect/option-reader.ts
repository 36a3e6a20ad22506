import { isIdentifier, PluginError, readDuration, uriOptions } from '@easyrest/protocol'

/** The options of a connection URI by name, each read as what it is. Every method throws `bad_value`. */
export class OptionReader {
  private readonly values = new Map<string, string>()

  constructor(query: string, valid: readonly string[]) {
    for (const [name, value] of uriOptions(query, valid)) {
      if (this.values.has(name)) throw badUri(`the option ${name} is there twice; remove one`)
      this.values.set(name, value)
    }
  }

  text(name: string): string | undefined {
    return this.values.get(name)
  }

  choice<Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word {
    const value = this.values.get(name) ?? otherwise
    const word = words.find((known) => known === value)
    if (word !== undefined) return word
    throw badUri(`expected ${name} to be one of ${words.join(', ')}, got ${JSON.stringify(value)}`)
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.values.get(name)?.toLowerCase()
    if (value === undefined) return otherwise
    if (trueWords.includes(value)) return true
    if (falseWords.includes(value)) return false
    throw badUri(`expected ${name} to be true or false, got ${JSON.stringify(value)}`)
  }

  count(name: string, otherwise: number, least = 1): number {
    const value = this.values.get(name)
    if (value === undefined) return otherwise
    if (/^\d{1,6}$/.test(value) && Number(value) >= least) return Number(value)
    throw badUri(`expected ${name} to be a whole number from ${least}, got ${JSON.stringify(value)}`)
  }

  /** In milliseconds: `30s`, `5m`, or a bare number of the option's own unit. */
  duration(name: string, unitMs: number, otherwise: number): number {
    const value = this.values.get(name)
    if (value === undefined) return otherwise
    const ms = /^\d{1,9}$/.test(value) ? Number(value) * unitMs : readDuration(value)
    if (ms !== undefined) return ms
    throw badUri(`expected ${name} to be a duration such as 30s or 5m, got ${JSON.stringify(value)}`)
  }

  /** Identifiers separated by commas; undefined when the option is not there. */
  names(name: string): readonly string[] | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    const names = value.split(',').map((part) => part.trim())
    if (names.every(isIdentifier)) return names
    throw badUri(`expected ${name} to be names separated by commas, got ${JSON.stringify(value)}`)
  }
}

export const badUri = (problem: string): PluginError =>
  new PluginError('bad_value', `the connection URI is wrong: ${problem}`)

const trueWords = ['true', '1', 'yes', 'on']
const falseWords = ['false', '0', 'no', 'off']
