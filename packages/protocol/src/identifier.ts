/** Names of tables, columns, aliases and functions; 63 bytes is where PostgreSQL would cut silently. */
export const isIdentifier = (name: string): boolean => identifierPattern.test(name)

const identifierPattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/
