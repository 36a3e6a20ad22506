import type { Projection } from '@easyrest/protocol'
import type { TableShape } from './table-shape.js'

/** The columns of the primary key; of a table without one every column, as nothing less names the row. */
export const keyProjection = (table: TableShape): Projection[] =>
  table.primaryKey.map((column) => ({ kind: 'column', alias: column, column, cast: '' }))
