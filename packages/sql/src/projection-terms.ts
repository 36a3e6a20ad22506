import { type AggregateProjection, type CastType, castTypes, PluginError, type Projection } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { type ColumnShape, columnOf, type TableShape } from './table-shape.js'
import type { Term } from './term.js'

/** A member of each answered object: its name, and the term that is its value. */
export interface Output<Column extends ColumnShape = ColumnShape> extends Term<Column> {
  readonly alias: string
}

/** What a projection answers; without one every column under its own name, in table order. */
export const projectionTerms = <Column extends ColumnShape>(
  select: readonly Projection[],
  table: TableShape<Column>,
  target: Target<Column>,
): readonly Output<Column>[] => {
  const shape = shapeOf(select)
  if (shape === undefined) return select.map((projection) => outputOf(projection, table, target))
  const known = outputsOf(table)
  const before = known.get(shape)
  if (before !== undefined) return before as readonly Output<Column>[]
  const outputs =
    select.length > 0
      ? select.map((projection) => outputOf(projection, table, target))
      : [...table.columns.values()].map((column) => ({ alias: column.name, ...columnTerm(column, target) }))
  if (known.size >= maxShapes) known.clear()
  known.set(shape, outputs)
  return outputs
}

/** What a projection of columns asks for, as a text; undefined when it holds a value of the request. */
const shapeOf = (select: readonly Projection[]): string | undefined => {
  let shape = ''
  for (const projection of select) {
    if (projection.kind !== 'column') return undefined
    // Aliases and columns are identifiers, so the separators are in none of them.
    shape += `${projection.alias}=${projection.column}:${projection.cast},`
  }
  return shape
}

const outputsOf = (table: TableShape): Map<string, readonly Output[]> => {
  const known = outputsByTable.get(table)
  if (known !== undefined) return known
  const outputs = new Map<string, readonly Output[]>()
  outputsByTable.set(table, outputs)
  return outputs
}

// The same projections are asked for all the time, and mean the same for as long as the table is. A table's shape belongs
// to one dialect.
const outputsByTable = new WeakMap<TableShape, Map<string, readonly Output[]>>()
const maxShapes = 200

export const columnTerm = <Column extends ColumnShape>(column: Column, { dialect }: Target<Column>): Term<Column> => ({
  sql: dialect.quoteIdentifier(column.name),
  column,
})

const outputOf = <Column extends ColumnShape>(
  projection: Projection,
  table: TableShape<Column>,
  target: Target<Column>,
): Output<Column> => {
  const term = sourceTerm(projection, table, target)
  const result = projection.cast === '' ? term : target.dialect.cast(term, castType(projection))
  return { ...result, alias: projection.alias }
}

const sourceTerm = <Column extends ColumnShape>(
  projection: Projection,
  table: TableShape<Column>,
  target: Target<Column>,
): Term<Column> => {
  if (projection.kind === 'column') return columnTerm(columnOf(table, projection.column), target)
  if (projection.kind === 'aggregate') return aggregateTerm(projection, table, target)
  return { sql: '', column: target.dialect.constant, constant: target.binder.text(projection.value) }
}

const aggregateTerm = <Column extends ColumnShape>(
  { function: name, column, distinct }: AggregateProjection,
  table: TableShape<Column>,
  { dialect }: Target<Column>,
): Term<Column> => {
  if (name === 'unspecified') throw new PluginError('unsupported', 'the aggregate function is not known here')
  if (column === '') {
    if (name === 'count') return { sql: 'count(*)', column: dialect.aggregate('count', undefined) }
    throw new PluginError('bad_value', `${name} needs a column`)
  }
  const source = columnOf(table, column)
  const argument = (distinct ? 'DISTINCT ' : '') + dialect.quoteIdentifier(source.name)
  return { sql: `${name}(${argument})`, column: dialect.aggregate(name, source) }
}

const castType = ({ alias, cast }: Projection): CastType => {
  const known = castTypes.find((type) => type === cast)
  if (known !== undefined) return known
  throw new PluginError('bad_value', `${alias} is cast to one of ${castTypes.join(', ')}, not ${JSON.stringify(cast)}`)
}
