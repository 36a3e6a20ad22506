/** One member of each answered object, as proto/easyrest/plugin/v1/table.proto defines it. */
export type Projection = ColumnProjection | AggregateProjection | ValueProjection

export interface ColumnProjection {
  readonly kind: 'column'
  readonly alias: string
  readonly column: string
  /** '' or one of `castTypes`. */
  readonly cast: string
}

export interface AggregateProjection {
  readonly kind: 'aggregate'
  readonly alias: string
  readonly function: AggregateFunction
  /** '' with count: rows are counted. */
  readonly column: string
  readonly distinct: boolean
  readonly cast: string
}

/** A constant text, sent to the database as a parameter. */
export interface ValueProjection {
  readonly kind: 'value'
  readonly alias: string
  readonly value: string
  readonly cast: string
}

/** In the order of the numbers in table.proto. */
export const aggregateFunctions = ['unspecified', 'count', 'sum', 'avg', 'min', 'max'] as const

export type AggregateFunction = (typeof aggregateFunctions)[number]

export const castTypes = ['text', 'integer', 'bigint', 'numeric', 'double', 'boolean', 'date', 'timestamp'] as const

export type CastType = (typeof castTypes)[number]
