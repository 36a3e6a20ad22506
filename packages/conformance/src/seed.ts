import { isIdentifier } from '@easyrest/protocol'
import { z } from 'zod'

/** Columns that take NULL, so that a row may leave them out. */
export const nullableUses = [
  'text',
  'integer',
  'decimal',
  'double',
  'boolean',
  'bytes',
  'date',
  'timestamp',
  'local_timestamp',
  'json',
] as const

/**
 * What a suite column is for, and what the column of the seed's table must be:
 * - text, integer, decimal, double, boolean, bytes, date, json: nullable columns of that kind; integer holds 64 bits
 * - timestamp: a nullable timestamp with zone; local_timestamp: one without
 * - unique: text under a unique constraint of its own
 * - required: text that is NOT NULL and has no default
 * - default: text with the default 'new'
 * - check: an integer with a constraint that refuses -1
 * - reference: a nullable integer with a foreign key in which 999999999 does not exist
 * - generated: a column that cannot be written
 */
export const columnUses = [...nullableUses, 'unique', 'required', 'default', 'check', 'reference', 'generated'] as const

export type ColumnUse = (typeof columnUses)[number]

/** What the suite may use of the database behind a plugin. docs/conformance.md describes it for plugin authors. */
export interface Seed {
  /** Emptied and filled by the suite; with `readOnly` it holds the rows of suite-rows.ts. */
  readonly table: string
  /** The primary key: an integer column whose values the suite chooses. */
  readonly key: string
  /** Use -> column name. What a database lacks is left out; `text` and `integer` are needed. */
  readonly columns: Readonly<Partial<Record<ColumnUse, string>>>
  readonly readOnly: boolean
  /** The database has no column types: any column takes any value. */
  readonly untyped: boolean
  /** A URI of the plugin's scheme behind which nothing answers. */
  readonly unreachable?: string | undefined
  /** A table or view whose reading takes more than five seconds, and which the database can give up in the middle. */
  readonly slow?: string | undefined
  /** A read-only statement of the database's own language that answers one row {"n": 1}, and one that would write to the table. */
  readonly query?: { readonly reads: string; readonly writes: readonly string[] } | undefined
  /** Names of functions that the database has, as docs/conformance.md describes them. */
  readonly functions?: { readonly sum: string; readonly rows: string; readonly renames: string } | undefined
}

/** Of a seed file. Throws SeedError. */
export const parseSeed = (json: string): Seed => {
  try {
    return seedSchema.parse(JSON.parse(json)) as Seed
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new SeedError(`expected a seed as docs/conformance.md describes it, got: ${problem}`)
  }
}

/** A seed that cannot be used. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
}

const name = z.string().refine(isIdentifier, 'expected a name that matches [A-Za-z_][A-Za-z0-9_]{0,62}')

const seedSchema = z.strictObject({
  table: name,
  key: name,
  columns: z.strictObject({
    ...(Object.fromEntries(columnUses.map((use) => [use, name.optional()])) as Record<ColumnUse, typeof optionalName>),
    text: name,
    integer: name,
  }),
  readOnly: z.boolean().default(false),
  untyped: z.boolean().default(false),
  unreachable: z.string().optional(),
  slow: name.optional(),
  query: z.strictObject({ reads: z.string(), writes: z.array(z.string()) }).optional(),
  functions: z.strictObject({ sum: name, rows: name, renames: name }).optional(),
})

const optionalName = name.optional()
