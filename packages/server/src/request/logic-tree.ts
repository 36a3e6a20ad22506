import type { Predicate } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { comparison, negate, parseOperator } from './comparison.js'
import type { ContextValues } from './context-values.js'
import { identifier } from './identifier.js'
import { readQuoted } from './list.js'

/**
 * `or=(a.eq.1,and(b.gt.2,not.c.is.null))`: conditions joined by and, or, not. A value that holds a comma, a bracket or
 * blanks at its ends stands in double quotes; `in` and `between` take a list in brackets.
 * Throws ApiError bad_parameter, unknown_operator, bad_identifier, unknown_context_value.
 */
export const parseLogicTree = (kind: 'and' | 'or', text: string, values: ContextValues): Predicate => {
  const parser = new TreeParser(text.trim(), values)
  const predicate: Predicate = { kind, items: parser.group(1) }
  parser.end()
  return predicate
}

class TreeParser {
  private position = 0
  private count = 0

  constructor(
    private readonly text: string,
    private readonly values: ContextValues,
  ) {}

  /** `( item , item ... )` */
  group(depth: number): Predicate[] {
    if (depth > maxDepth) throw this.bad(`at most ${maxDepth} levels of brackets`)
    this.expect('(')
    const items: Predicate[] = []
    do items.push(this.item(depth))
    while (this.take(','))
    this.expect(')')
    return items
  }

  end(): void {
    this.space()
    if (this.position < this.text.length) throw this.bad('nothing behind the closing bracket')
  }

  private item(depth: number): Predicate {
    if (++this.count > maxConditions) throw this.bad(`at most ${maxConditions} conditions`)
    this.space()
    if (this.takeWord('not.')) return negate(this.item(depth))
    if (this.takeWord('and(', 1)) return { kind: 'and', items: this.group(depth + 1) }
    if (this.takeWord('or(', 1)) return { kind: 'or', items: this.group(depth + 1) }
    return this.condition()
  }

  /** `column.[not.]operator.value` */
  private condition(): Predicate {
    const column = identifier(this.upTo('.'), 'a column in a condition')
    const negated = this.takeWord('not.')
    const operator = parseOperator(this.upTo('.'))
    const operand = operator === 'in' || operator === 'between' ? this.list() : this.value()
    const predicate =
      operand.quoted && operator !== 'is'
        ? { kind: 'comparison' as const, column, operator, operands: [operand.text] }
        : comparison(column, operator, operand.text, this.values)
    this.space()
    return negated ? negate(predicate) : predicate
  }

  private value(): { text: string; quoted: boolean } {
    if (this.text[this.position] === '"') {
      const [content, end] = readQuoted(this.text, this.position)
      this.position = end
      return { text: content, quoted: true }
    }
    const start = this.position
    while (this.position < this.text.length && !',)'.includes(this.text[this.position]!)) this.position++
    return { text: this.text.slice(start, this.position).trim(), quoted: false }
  }

  /** `( a , "b,c" )`: the text between the brackets, quotes kept for the list's own rules. */
  private list(): { text: string; quoted: boolean } {
    this.expect('(')
    const start = this.position
    while (this.position < this.text.length && this.text[this.position] !== ')') {
      if (this.text[this.position] === '"') this.position = readQuoted(this.text, this.position)[1]
      else this.position++
    }
    const text = this.text.slice(start, this.position)
    this.expect(')')
    return { text, quoted: false }
  }

  private upTo(delimiter: string): string {
    const at = this.text.indexOf(delimiter, this.position)
    if (at < 0) throw this.bad('<column>.<operator>.<value>')
    const word = this.text.slice(this.position, at)
    this.position = at + 1
    return word.trim()
  }

  private takeWord(word: string, keep = 0): boolean {
    if (!this.text.startsWith(word, this.position)) return false
    this.position += word.length - keep
    return true
  }

  private take(character: string): boolean {
    this.space()
    if (this.text[this.position] !== character) return false
    this.position++
    return true
  }

  private expect(character: string): void {
    if (!this.take(character)) throw this.bad(JSON.stringify(character))
  }

  private space(): void {
    while (this.text[this.position] === ' ') this.position++
  }

  private bad(expected: string): ApiError {
    const got =
      this.position < this.text.length ? JSON.stringify(this.text.slice(this.position, this.position + 40)) : 'its end'
    return new ApiError('bad_parameter', {
      detail: `Expected ${expected} at character ${this.position + 1} of the condition, got ${got}`,
      hint: 'For example or=(age.lt.18,and(age.gt.65,not.name.is.null))',
    })
  }
}

const maxDepth = 16
const maxConditions = 200
