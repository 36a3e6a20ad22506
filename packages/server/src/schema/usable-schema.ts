import { type Capability, isIdentifier } from '@easyrest/protocol'
import type { AccessRules } from '../auth/access-rules.js'
import type { Identity } from '../auth/identity.js'
import { isHidden } from '../auth/is-hidden.js'
import { isPermitted, isPublic } from '../auth/is-permitted.js'
import type { ConnectionSchema, TableSchema } from './connection-schema.js'

/** What one caller may use of a connection; names in the order of their characters. */
export interface UsableSchema {
  readonly tables: readonly UsableTable[]
  readonly functions: readonly UsableFunction[]
  /** The plugin checks If-Match on writes. */
  readonly preconditions: boolean
  /** The plugin writes rows whose key exists. */
  readonly upserts: boolean
  /** Pages may link to the next by keys. */
  readonly keysets: boolean
}

export interface UsableTable {
  readonly name: string
  readonly schema: TableSchema
  readonly read: boolean
  readonly write: boolean
  /** Reading needs no token. */
  readonly open: boolean
}

export interface UsableFunction {
  readonly name: string
  readonly input: unknown
  readonly output: unknown
  readonly read: boolean
  readonly write: boolean
  /** Calling it where it cannot write needs no token. */
  readonly open: boolean
  /** The plugin filters, orders and pages the rows that it answers. */
  readonly filters: boolean
}

/** The same rules as for the data: what is hidden, and what the caller may neither read nor write, is left out. */
export const usableSchema = (
  { tables, views, rpc }: ConnectionSchema,
  identity: Identity,
  access: AccessRules,
  can: (capability: Capability) => boolean,
): UsableSchema => {
  const usable = (name: string, schema: TableSchema, isView: boolean): UsableTable => ({
    name,
    schema,
    read: isPermitted(identity, { table: name, action: 'read' }, access),
    write: !isView && isPermitted(identity, { table: name, action: 'write' }, access),
    open: identity.anonymous || isPublic({ table: name, action: 'read' }, access),
  })
  const called = (name: string, input: unknown, output: unknown): UsableFunction => ({
    name,
    input,
    output,
    read: isPermitted(identity, { function: name, action: 'read' }, access),
    write: isPermitted(identity, { function: name, action: 'write' }, access),
    open: identity.anonymous || isPublic({ function: name, action: 'read' }, access),
    filters: can('function_filters'),
  })
  const all = [
    ...Object.entries(tables).map(([name, schema]) => usable(name, schema, false)),
    ...Object.entries(views).map(([name, schema]) => usable(name, schema, true)),
  ]
  return {
    tables: byName(all.filter(({ name, read, write }) => (read || write) && isServed('tables', name, access))),
    functions: byName(
      Object.entries(rpc)
        .map(([name, [input, output]]) => called(name, input, output))
        .filter(({ name, read, write }) => (read || write) && isServed('functions', name, access)),
    ),
    preconditions: can('precondition'),
    upserts: can('upsert'),
    keysets: can('last_key') && can('filter_tree'),
  }
}

// Other names have no path.
const isServed = (kind: 'tables' | 'functions', name: string, access: AccessRules): boolean =>
  isIdentifier(name) && !isHidden(kind, name, access)

const byName = <Named extends { readonly name: string }>(items: readonly Named[]): readonly Named[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
