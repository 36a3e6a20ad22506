import type { JsonRow, OrderTerm, Projection } from '@easyrest/protocol'
import { compareValue, rowValue, valueText } from './row-value.js'

/**
 * A sorted copy, by columns or by aliases of columns in `select`; nulls last ascending and first descending unless a
 * term says otherwise. Rows hold every column of their table. Throws PluginError `unknown_column`.
 */
export const sortRows = (
  rows: readonly JsonRow[],
  ordering: readonly OrderTerm[],
  select: readonly Projection[] = [],
): JsonRow[] => {
  const terms = ordering.map((term) => ({ ...term, column: sourceColumn(term.column, select) }))
  return rows.toSorted((left, right) => {
    for (const term of terms) {
      const order = compareByTerm(left, right, term)
      if (order !== 0) return order
    }
    return 0
  })
}

const sourceColumn = (name: string, select: readonly Projection[]): string => {
  const projection = select.find(({ alias }) => alias === name)
  return projection?.kind === 'column' ? projection.column : name
}

const compareByTerm = (left: JsonRow, right: JsonRow, { column, direction, nulls }: OrderTerm): number => {
  const [a, b] = [rowValue(left, column), rowValue(right, column)]
  const sign = direction === 'desc' ? -1 : 1
  if (a.kind === 'null' || b.kind === 'null') {
    const nullSign = nulls === 'first' ? -1 : nulls === 'last' ? 1 : sign
    return nullSign * (Number(a.kind === 'null') - Number(b.kind === 'null'))
  }
  if (a.kind !== b.kind) return sign * (a.kind < b.kind ? -1 : 1)
  return sign * compareValue(a, valueText(b), column)
}
