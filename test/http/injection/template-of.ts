/**
 * A statement without what a request may choose by right: how many operands a list has. Everything else of a statement comes
 * from a finite set.
 */
export const templateOf = (statement: string): string => statement.replaceAll(list, '?, ?')

// SQLite's and MariaDB's parameters, and PostgreSQL's.
const parameter = /CAST\(\? AS TEXT\)|\?|\$\d+/.source
const list = new RegExp(`(?:${parameter})(?:, (?:${parameter}))+`, 'g')
