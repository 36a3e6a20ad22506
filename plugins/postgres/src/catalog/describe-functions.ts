import type { Description } from './known-names.js'
import { membersOf } from './members-of.js'
import { type FunctionDescription, functionOf, type PostgresFunction } from './postgres-function.js'

/**
 * SQL of one JSON array per name: every function or procedure of that name, of the first schema that has one. Those of
 * extensions, triggers, aggregates and window functions are not for clients, nor are those with an argument of a pseudo-type.
 *
 * Parameter $1: the schemas that are served, as an array.
 */
export const describeFunctions = (condition: string): string => `
SELECT DISTINCT ON (p.proname) pg_catalog.json_agg(pg_catalog.json_build_object(
  'schema', n.nspname, 'name', p.proname, 'procedure', p.prokind = 'p', 'set', p.proretset,
  'volatility', p.provolatile, 'defaults', p.pronargdefaults, 'variadic', p.provariadic <> 0,
  'comment', pg_catalog.obj_description(p.oid, 'pg_proc'),
  'arguments', ${argumentList}, 'result', ${typeOf('p.prorettype', '-1')},
  'fields', ${fieldList}) ORDER BY p.pronargs, p.oid)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname::text = ANY($1::text[]) AND p.prokind IN ('f', 'p') AND ${condition}
  AND p.prorettype NOT IN ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.unnest(p.proargtypes) AS a (type)
    JOIN pg_catalog.pg_type t ON t.oid = a.type WHERE t.typtype = 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
GROUP BY p.proname, n.nspname
ORDER BY p.proname, pg_catalog.array_position($1::text[], n.nspname::text)`

/** A type as ColumnDescription says it. */
function typeOf(oid: string, modifier: string): string {
  return `(
    WITH RECURSIVE types (oid, modifier, depth) AS (
      SELECT ${oid}, ${modifier}, 0
      UNION ALL
      SELECT t.typbasetype, t.typtypmod, s.depth + 1
      FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid WHERE t.typtype = 'd')
    SELECT pg_catalog.json_build_object(
      'type', pg_catalog.format_type(${oid}, ${modifier}), 'base', t.typname, 'class', t.typtype,
      'builtIn', t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace, 'modifier', s.modifier,
      'members', ${membersOf('t')}, 'array', t.typcategory = 'A',
      'labels', (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
                 FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
    FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid ORDER BY s.depth DESC LIMIT 1)`
}

// Modes: i in, o out, b both, v variadic, t column of a result table. Without modes all are in.
const argumentList = `ARRAY(
    SELECT pg_catalog.json_build_object('name', coalesce(p.proargnames[a.position], ''),
      'mode', coalesce(p.proargmodes[a.position], 'i'), 'type', ${typeOf('a.type', '-1')})
    FROM pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, position)
    ORDER BY a.position)`

/** The members of a composite result. */
const fieldList = `ARRAY(
    SELECT pg_catalog.json_build_object('name', a.attname, 'type', ${typeOf('a.atttypid', 'a.atttypmod')})
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid
    WHERE t.oid = p.prorettype AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)`

export const functionDescription: Description<readonly PostgresFunction[]> = {
  kind: 'function',
  one: describeFunctions('p.proname::text = $2'),
  names: `SELECT f -> 0 ->> 'name' FROM (${describeFunctions('true')}) AS d (f)`,
  parse: (text) => (JSON.parse(text) as FunctionDescription[]).map(functionOf),
}
