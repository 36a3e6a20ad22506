import { type Comparison, type Operator, PluginError, type Predicate } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { columnTerm } from './projection-terms.js'
import type { StatementBuilder } from './statement.js'
import { type ColumnShape, columnOf, type TableShape } from './table-shape.js'
import type { Term } from './term.js'

/** ` WHERE ...`, or nothing without a predicate and a guard. */
export const writeWhere = <Column extends ColumnShape>(
  out: StatementBuilder,
  where: Predicate | undefined,
  table: TableShape<Column>,
  target: Target<Column>,
): void => {
  if (target.guard !== undefined) out.sql(` WHERE ${target.guard}`)
  if (where === undefined) return
  out.sql(target.guard === undefined ? ' WHERE ' : ' AND ')
  writePredicate(out, where, target, (name) => columnTerm(columnOf(table, name), target))
}

/** Finds what a comparison names: a column in WHERE, an alias in HAVING. Throws `unknown_column`. */
export type Resolve<Column extends ColumnShape> = (name: string) => Term<Column>

/** The predicate as one SQL term, with SQL's three-valued logic. */
export const writePredicate = <Column extends ColumnShape>(
  out: StatementBuilder,
  predicate: Predicate,
  target: Target<Column>,
  resolve: Resolve<Column>,
): void => {
  const writer = new PredicateWriter(out, target, resolve)
  writer.predicate(predicate)
}

class PredicateWriter<Column extends ColumnShape> {
  constructor(
    private readonly out: StatementBuilder,
    private readonly target: Target<Column>,
    private readonly resolve: Resolve<Column>,
  ) {}

  predicate(predicate: Predicate): void {
    if (predicate.kind === 'comparison') this.comparison(predicate)
    else if (predicate.kind === 'not') {
      this.out.sql('NOT (')
      this.predicate(predicate.item)
      this.out.sql(')')
    } else if (predicate.items.length === 0) this.out.sql(predicate.kind === 'and' ? 'TRUE' : 'FALSE')
    else this.junction(predicate.items, predicate.kind === 'and' ? ' AND ' : ' OR ')
  }

  // Databases parse `a AND b AND c` into a chain and limit its depth, so a long list is written as a balanced tree.
  private junction(items: readonly Predicate[], separator: string): void {
    if (items.length === 1) return this.predicate(items[0]!)
    this.out.sql('(')
    if (items.length <= longestChain) this.out.list(items, separator, (item) => this.predicate(item))
    else {
      const middle = items.length >> 1
      this.junction(items.slice(0, middle), separator)
      this.out.sql(separator)
      this.junction(items.slice(middle), separator)
    }
    this.out.sql(')')
  }

  private comparison(comparison: Comparison): void {
    const term = this.resolve(comparison.column)
    checkOperands(comparison)
    const symbol = symbols[comparison.operator]
    if (symbol !== undefined) this.out.sql(`${term.sql} ${symbol} `).bind(this.operand(term, comparison.operands[0]!))
    else if (comparison.operator === 'in') this.in(term, comparison.operands)
    else if (comparison.operator === 'is') this.is(term, comparison.operands[0]!)
    else if (comparison.operator === 'between') this.between(term, comparison.operands)
    else if (comparison.operator === 'isdistinct') this.isDistinct(term, comparison.operands[0]!)
    else this.like(term, comparison.operands[0]!, comparison.operator === 'ilike')
  }

  private in(term: Term<Column>, operands: readonly string[]): void {
    if (operands.length === 0) return void this.out.sql('FALSE')
    const { dialect, binder } = this.target
    if (dialect.in !== undefined) return dialect.in(this.out, term, binder, operands)
    this.out.sql(`${term.sql} IN (`)
    this.out.list(operands, ', ', (operand) => this.out.bind(this.operand(term, operand))).sql(')')
  }

  private is(term: Term<Column>, operand: string): void {
    const words = isWords.get(operand.toLowerCase())
    if (words === undefined) {
      throw new PluginError(
        'bad_value',
        `is on ${term.column.name} takes null, not_null, true, false or unknown, not ${quoted(operand)}`,
        { details: { column: term.column.name } },
      )
    }
    this.out.sql(`${term.sql} ${words}`)
  }

  private between(term: Term<Column>, operands: readonly string[]): void {
    this.out.sql(`${term.sql} BETWEEN `).bind(this.operand(term, operands[0]!))
    this.out.sql(' AND ').bind(this.operand(term, operands[1]!))
  }

  private isDistinct(term: Term<Column>, operand: string): void {
    const [before, between, after] = this.target.dialect.isDistinct
    this.out
      .sql(before + term.sql + between)
      .bind(this.operand(term, operand))
      .sql(after)
  }

  private like(term: Term<Column>, pattern: string, ignoreCase: boolean): void {
    this.target.dialect.like(this.out, term, this.target.binder, pattern, ignoreCase)
  }

  private operand(term: Term<Column>, text: string) {
    return this.target.binder.operand(term.column, text)
  }
}

const longestChain = 50

const checkOperands = ({ column, operator, operands }: Comparison): void => {
  const expected = operandCounts[operator]
  if (expected === undefined) throw new PluginError('unsupported', `the operator of ${column} is not known here`)
  if (expected === anyNumber || operands.length === expected) return
  throw new PluginError(
    'bad_value',
    `${operator} on ${column} takes ${expected === 1 ? 'one value' : `${expected} values`}, not ${operands.length}`,
    { details: { column } },
  )
}

const anyNumber = -1

const operandCounts: Readonly<Record<Operator, number | undefined>> = {
  unspecified: undefined,
  eq: 1,
  neq: 1,
  lt: 1,
  lte: 1,
  gt: 1,
  gte: 1,
  like: 1,
  ilike: 1,
  is: 1,
  in: anyNumber,
  between: 2,
  isdistinct: 1,
}

const symbols: Readonly<Partial<Record<Operator, string>>> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
}

const isWords: ReadonlyMap<string, string> = new Map([
  ['null', 'IS NULL'],
  ['unknown', 'IS NULL'],
  ['not_null', 'IS NOT NULL'],
  ['true', 'IS TRUE'],
  ['false', 'IS FALSE'],
])

const quoted = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 57)}...`)
