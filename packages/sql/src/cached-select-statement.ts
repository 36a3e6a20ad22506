import type { Predicate, Projection } from '@easyrest/protocol'
import type { Binder, Target } from './dialect.js'
import { type RowsStatement, selectStatement, writtenLimit } from './select-statement.js'
import type { Selection } from './selection.js'
import type { Binding } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'

/**
 * The same as selectStatement. The text of a selection that differs from an earlier one only in its operands and page is
 * not written again: its values are bound in the order in which they were bound then.
 */
export const cachedSelectStatement = <Column extends ColumnShape>(
  selection: Selection,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  const limit = writtenLimit(selection, table, target.dialect)
  const shape = shapeOf(selection, target.guard, limit)
  if (shape === undefined) return selectStatement(selection, table, target)
  const known = templatesOf(table, target.dialect)
  const template = known.get(shape) as Template<Column> | undefined
  const statement = template && bindAgain(template, selection, limit === undefined, target.binder)
  return statement ?? writeAndKeep(known, shape, selection, table, target)
}

interface Template<Column extends ColumnShape> extends Omit<RowsStatement<Column>, 'parameters'> {
  readonly steps: readonly Step<Column>[]
}

/** One value that was bound: the next operand, or a number of the page. */
interface Step<Column extends ColumnShape> {
  /** undefined: a number of the page. */
  readonly column: Column | undefined
  /** Written into the text, so it must come out the same again. */
  readonly cast: string | undefined
}

const bindAgain = <Column extends ColumnShape>(
  { text, outputs, lastKey, steps }: Template<Column>,
  selection: Selection,
  bindsLimit: boolean,
  binder: Binder<Column>,
): RowsStatement<Column> | undefined => {
  const operands = operandsOf(selection)
  const numbers = pageNumbers(selection, bindsLimit)
  const parameters: unknown[] = []
  let operand = 0
  let number = 0
  for (const { column, cast } of steps) {
    const binding = column ? binder.operand(column, operands[operand++]!) : binder.integer(numbers[number++]!)
    if (binding.cast !== cast) return undefined
    parameters.push(binding.value)
  }
  return { text, outputs, lastKey, parameters }
}

const writeAndKeep = <Column extends ColumnShape>(
  known: Map<string, unknown>,
  shape: string,
  selection: Selection,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  const recorder = new Recorder(target.binder)
  const { text, parameters, outputs, lastKey } = selectStatement(selection, table, { ...target, binder: recorder })
  if (recorder.fits(selection, parameters)) {
    if (known.size >= mostTemplates) known.clear()
    known.set(shape, { text, outputs, lastKey, steps: recorder.steps } satisfies Template<Column>)
  }
  return { text, parameters, outputs, lastKey }
}

/** Notes what is bound while a statement is written. */
class Recorder<Column extends ColumnShape> implements Binder<Column> {
  readonly steps: Step<Column>[] = []
  private readonly operands: string[] = []
  private readonly values: unknown[] = []
  private other = false

  constructor(private readonly binder: Binder<Column>) {}

  operand(column: Column, text: string): Binding {
    this.operands.push(text)
    return this.note(column, this.binder.operand(column, text))
  }

  integer(value: number): Binding {
    return this.note(undefined, this.binder.integer(value))
  }

  value(...args: Parameters<Binder<Column>['value']>): Binding {
    this.other = true
    return this.binder.value(...args)
  }

  text(text: string): Binding {
    this.other = true
    return this.binder.text(text)
  }

  /** Whether the notes are all there is: the operands in the order of the predicate, and nothing but them and the page. */
  fits(selection: Selection, parameters: readonly unknown[]): boolean {
    const operands = operandsOf(selection)
    return (
      !this.other &&
      operands.length === this.operands.length &&
      operands.every((text, index) => text === this.operands[index]) &&
      parameters.length === this.values.length &&
      parameters.every((value, index) => Object.is(value, this.values[index]))
    )
  }

  private note(column: Column | undefined, binding: Binding): Binding {
    this.steps.push({ column, cast: binding.cast })
    this.values.push(binding.value)
    return binding
  }
}

const templatesOf = (table: TableShape, dialect: object): Map<string, unknown> => {
  let byDialect = templates.get(table)
  if (byDialect === undefined) {
    byDialect = new Map()
    templates.set(table, byDialect)
  }
  let known = byDialect.get(dialect)
  if (known === undefined) {
    known = new Map()
    byDialect.set(dialect, known)
  }
  return known
}

// A table that has changed is another value, and takes what was written for it along.
const templates = new WeakMap<TableShape, Map<unknown, Map<string, unknown>>>()
const mostTemplates = 300

/** Everything that the text depends on, as a text of its own; undefined when it depends on values too. */
const shapeOf = (selection: Selection, guard: string | undefined, limit: number | undefined): string | undefined => {
  const { select, where, grouping, having, distinct, ordering, page, lastKeyColumns } = selection
  let shape = `${guard ?? ''}|${distinct}|${page?.limit === undefined ? '' : (limit ?? 'l')}${page !== undefined && page.offset > 0 ? 'o' : ''}|`
  for (const projection of select) {
    if (projection.kind === 'value') return undefined
    shape += projectionShape(projection)
  }
  const conditions = [predicateShape(where), predicateShape(having)]
  if (conditions.includes(undefined)) return undefined
  shape += `|${conditions.join('|')}|${grouping.map(named).join('')}|${lastKeyColumns.map(named).join('')}|`
  for (const { column, direction, nulls } of ordering) shape += `${named(column)}${direction}${nulls}`
  return shape
}

const projectionShape = (projection: Exclude<Projection, { kind: 'value' }>): string => {
  const { alias, column, cast } = projection
  const aggregate = projection.kind === 'aggregate' ? `${projection.function}${projection.distinct}` : ''
  return `${named(alias)}${named(column)}${named(cast)}${aggregate};`
}

const predicateShape = (predicate: Predicate | undefined): string | undefined => {
  if (predicate === undefined) return ''
  if (predicate.kind === 'comparison') {
    const { column, operator, operands } = predicate
    // How a pattern is written depends on what is in it.
    if (operator === 'like' || operator === 'ilike') return undefined
    return `${named(column)}${operator}${operator === 'is' ? operands.map(named).join('') : operands.length};`
  }
  const items = predicate.kind === 'not' ? [predicate.item] : predicate.items
  const shapes = items.map(predicateShape)
  return shapes.includes(undefined) ? undefined : `${predicate.kind}(${shapes.join('')})`
}

// With its length in front no name can run into what follows.
const named = (name: string): string => `${name.length}:${name}`

/** The operands that are bound, in the order in which they are. */
const operandsOf = ({ where, having }: Selection): string[] => {
  const operands: string[] = []
  collect(where, operands)
  collect(having, operands)
  return operands
}

const collect = (predicate: Predicate | undefined, operands: string[]): void => {
  if (predicate === undefined) return
  if (predicate.kind === 'not') collect(predicate.item, operands)
  else if (predicate.kind !== 'comparison') for (const item of predicate.items) collect(item, operands)
  else if (predicate.operator !== 'is') operands.push(...predicate.operands)
}

const pageNumbers = ({ page }: Selection, bindsLimit: boolean): number[] =>
  page === undefined
    ? []
    : [...(page.limit !== undefined && bindsLimit ? [page.limit] : []), ...(page.offset > 0 ? [page.offset] : [])]
