/** How the values of a column travel between JSON and the database. */
export type ValueType =
  | 'integer'
  /** TINYINT(1), which BOOLEAN is, and BIT(1). */
  | 'boolean'
  /** BIT of more than one bit: an unsigned integer. */
  | 'bits'
  | 'decimal'
  | 'float'
  | 'double'
  | 'year'
  | 'date'
  | 'time'
  /** Without a zone. */
  | 'datetime'
  /** An instant. */
  | 'timestamp'
  | 'text'
  | 'enum'
  | 'set'
  | 'bytes'
  | 'json'
  | 'geometry'
  /** UUID, INET6 and what may come: text in the database's own form. */
  | 'other'

/** What a declared type says beyond its kind. */
export interface ColumnType {
  readonly type: ValueType
  /** The type's name, in lower case. */
  readonly typeName: string
  /** Bits of an integer or a bit field; else 0. */
  readonly bits: number
  readonly unsigned: boolean
  /** Of enum and set. */
  readonly members: readonly string[]
  /** Shorter values are filled up: CHAR and BINARY. */
  readonly padded: boolean
}

/** Of COLUMN_TYPE in information_schema, e.g. `bigint(20) unsigned` or `enum('a','b')`. */
export const columnTypeOf = (declared: string): ColumnType => {
  const [, name = '', size = ''] = /^(\w+)(?:\((\d+))?/.exec(declared.toLowerCase()) ?? []
  const unsigned = /\bunsigned\b/i.test(declared)
  const plain = { typeName: name, bits: 0, unsigned, members: [], padded: name === 'char' || name === 'binary' }
  if (name === 'tinyint' && size === '1' && !unsigned) return { ...plain, type: 'boolean', bits: 8 }
  if (name === 'bit') return { ...plain, type: size === '1' ? 'boolean' : 'bits', bits: Number(size), unsigned: true }
  if (name === 'enum' || name === 'set') return { ...plain, type: name, members: membersOf(declared) }
  return { ...plain, type: types.get(name) ?? 'other', bits: integerBits.get(name) ?? 0 }
}

const membersOf = (declared: string): string[] =>
  [...declared.matchAll(/'((?:[^']|'')*)'/g)].map((match) => match[1]!.replaceAll("''", "'"))

const integerBits: ReadonlyMap<string, number> = new Map([
  ['tinyint', 8],
  ['smallint', 16],
  ['mediumint', 24],
  ['int', 32],
  ['bigint', 64],
])

const types: ReadonlyMap<string, ValueType> = new Map([
  ...[...integerBits.keys()].map((name) => [name, 'integer'] as const),
  ...['decimal', 'numeric'].map((name) => [name, 'decimal'] as const),
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'].map((name) => [name, 'text'] as const),
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((name) => [name, 'bytes'] as const),
  ...geometries().map((name) => [name, 'geometry'] as const),
  ['float', 'float'],
  ['double', 'double'],
  ['year', 'year'],
  ['date', 'date'],
  ['time', 'time'],
  ['datetime', 'datetime'],
  ['timestamp', 'timestamp'],
  ['json', 'json'],
])

function geometries(): string[] {
  const shapes = ['point', 'linestring', 'polygon']
  return ['geometry', 'geometrycollection', 'geomcollection', ...shapes, ...shapes.map((shape) => `multi${shape}`)]
}
