import { PluginError, type Projection } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { type Output, projectionTerms } from './projection-terms.js'
import { writeSelectList } from './select-list.js'
import type { StatementBuilder } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'

/** What a write answers of each row; undefined: nothing. */
export type ReturningSelection = readonly Projection[] | undefined

/** ` RETURNING ...`, or nothing. */
export const writeReturning = <Column extends ColumnShape>(
  out: StatementBuilder,
  returning: ReturningSelection,
  table: TableShape<Column>,
  target: Target<Column>,
): readonly Output<Column>[] => {
  if (returning === undefined) return []
  checkReturning(returning)
  const outputs = projectionTerms(returning, table, target)
  out.sql(' RETURNING ')
  writeSelectList(out, outputs, target)
  return outputs
}

/** Throws `bad_value` for what a write cannot answer. */
export const checkReturning = (returning: readonly Projection[]): void => {
  const aggregate = returning.find(({ kind }) => kind === 'aggregate')
  if (aggregate === undefined) return
  throw new PluginError('bad_value', `${aggregate.alias} is an aggregate; a write answers rows as they are`)
}
