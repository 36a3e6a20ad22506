/** A foreign key as the server prints it. */
export interface ForeignKey {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly references: readonly string[]
}

/** SQL of one JSON object per foreign key. Parameter $1: the schemas that are served, as an array. */
export const foreignKeys = `
SELECT pg_catalog.json_build_object(
  'schema', n.nspname, 'name', c.relname, 'table', f.relname,
  'columns', ARRAY(
    SELECT a.attname FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.position),
  'references', ARRAY(
    SELECT a.attname FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.position))
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname::text = ANY($1::text[])
ORDER BY c.relname, k.conname`
