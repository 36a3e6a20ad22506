import type { Description } from './known-names.js'
import { membersOf } from './members-of.js'
import { type PostgresTable, tableOf } from './postgres-table.js'

/**
 * SQL of one JSON object per table (see TableDescription). Types are spelled for the search_path of the transaction.
 * `condition` says which; of tables of one name in several schemas the first schema's counts.
 *
 * Parameter $1: the schemas that are served, as an array.
 */
export const describeTables = (condition: string): string => `
SELECT DISTINCT ON (c.relname) pg_catalog.json_build_object(
  'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'key', ARRAY(
    SELECT a.attname FROM pg_catalog.pg_index i
    CROSS JOIN LATERAL pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.position),
  'columns', ARRAY(${columns}))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname::text = ANY($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT ${isOwn} AND ${condition}
ORDER BY c.relname, pg_catalog.array_position($1::text[], n.nspname::text)`

/** Tables that this plugin made for itself. */
const isOwn = `c.relname::text IN ('easyrest_cache')`

const columns = `
    SELECT pg_catalog.json_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'base', b.typname, 'builtIn', b.typnamespace = 'pg_catalog'::pg_catalog.regnamespace, 'class', b.typtype,
      'modifier', b.modifier, 'required', a.attnotnull OR b.required,
      'computed', a.attgenerated <> '' OR a.attidentity = 'a', 'identity', a.attidentity <> '',
      'default', CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
      'labels', (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
                 FROM pg_catalog.pg_enum e WHERE e.enumtypid = b.oid),
      'members', ${membersOf('b')}, 'array', b.typcategory = 'A', 'comment', pg_catalog.col_description(c.oid, a.attnum))
    FROM pg_catalog.pg_attribute a
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    CROSS JOIN LATERAL (
      WITH RECURSIVE types (oid, modifier, required, depth) AS (
        SELECT a.atttypid, a.atttypmod, false, 0
        UNION ALL
        SELECT t.typbasetype, t.typtypmod, s.required OR t.typnotnull, s.depth + 1
        FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid WHERE t.typtype = 'd')
      SELECT t.oid, t.typname, t.typnamespace, t.typtype, t.typcategory, t.typelem, s.modifier, s.required
      FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid ORDER BY s.depth DESC LIMIT 1) AS b
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum`

export const tableDescription: Description<PostgresTable> = {
  kind: 'table',
  one: describeTables('c.relname::text = $2'),
  names: `SELECT t ->> 'name' FROM (${describeTables('true')}) AS d (t)`,
  parse: (text) => tableOf(JSON.parse(text)),
}
