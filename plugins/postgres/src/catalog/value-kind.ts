/** How the values of a column travel between JSON and PostgreSQL. */
export type ValueKind =
  | 'int2'
  | 'int4'
  | 'int8'
  | 'decimal'
  | 'float4'
  | 'float8'
  | 'boolean'
  | 'text'
  | 'bytes'
  | 'date'
  | 'time'
  | 'timetz'
  | 'timestamp'
  | 'timestamptz'
  | 'json'
  | 'jsonb'
  /** Everything that has only a text form of its own: uuid, interval, inet, enums, ranges, arrays, composites, ... */
  | 'other'

/** Of a type by its name in pg_catalog, with domains and modifiers taken off. */
export const valueKindOf = ({ base, builtIn }: { readonly base: string; readonly builtIn: boolean }): ValueKind =>
  builtIn ? (kinds.get(base) ?? 'other') : base === 'citext' ? 'text' : 'other'

const kinds: ReadonlyMap<string, ValueKind> = new Map([
  ['int2', 'int2'],
  ['int4', 'int4'],
  ['int8', 'int8'],
  ['numeric', 'decimal'],
  ['float4', 'float4'],
  ['float8', 'float8'],
  ['bool', 'boolean'],
  ['text', 'text'],
  ['varchar', 'text'],
  ['bpchar', 'text'],
  ['name', 'text'],
  ['bytea', 'bytes'],
  ['date', 'date'],
  ['time', 'time'],
  ['timetz', 'timetz'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['json', 'json'],
  ['jsonb', 'jsonb'],
])
