/**
 * The names of a composite type's members, as a JSON array, also of one that an array holds; NULL for any other type.
 *
 * @param type alias of a row of pg_type
 */
export const membersOf = (type: string): string => `(
        SELECT pg_catalog.json_agg(m.attname ORDER BY m.attnum)
        FROM pg_catalog.pg_type e JOIN pg_catalog.pg_attribute m ON m.attrelid = e.typrelid
        WHERE e.oid = CASE WHEN ${type}.typcategory = 'A' THEN ${type}.typelem ELSE ${type}.oid END
          AND m.attnum > 0 AND NOT m.attisdropped)`
