/** The names of a composite type's members, as a JSON array; NULL for any other type. @param relation its typrelid */
export const membersOf = (relation: string): string => `(
        SELECT pg_catalog.json_agg(m.attname ORDER BY m.attnum) FROM pg_catalog.pg_attribute m
        WHERE m.attrelid = ${relation} AND m.attnum > 0 AND NOT m.attisdropped)`
