import { PluginError, parseJsonRow } from '@easyrest/protocol'
import type { StatementBuilder } from '@easyrest/sql'
import type { FunctionParameter, PostgresFunction } from '../catalog/postgres-function.js'
import { writeSource } from '../sql/write-source.js'
import { checkMembers } from '../values/composite-members.js'
import { readRowRuns } from '../values/row-source.js'

/** The names of the members of a JSON object. Throws JsonScanError. */
export const argumentNames = (body: Buffer): readonly string[] => [...parseJsonRow(body).keys()]

/** Whether the values are of the kinds that the function takes: what tells apart functions that differ in types only. */
export const fitsArguments = (candidate: PostgresFunction, body: Buffer): boolean => {
  try {
    checkArguments(candidate, body)
    return true
  } catch (error) {
    if (error instanceof PluginError) return false
    throw error
  }
}

/** Throws `bad_value` for a value that its parameter does not take exactly. */
export const checkArguments = ({ parameters }: PostgresFunction, body: Buffer): void => {
  const columns = new Map(parameters.map(({ column }) => [column.name, column]))
  readRowRuns(body, 1, (name) => columns.get(name))
  checkMembers([...columns.values()], body, 1)
}

/** Those of the parameters that have a value; the others take their defaults. */
export const givenParameters = (
  { parameters }: PostgresFunction,
  names: readonly string[],
): readonly FunctionParameter[] => parameters.filter(({ column }) => names.includes(column.name))

/** `(SELECT ... FROM json_to_record($1)) AS given`: one row with the arguments, whatever their types. */
export const writeGiven = (out: StatementBuilder, given: readonly FunctionParameter[], body: Buffer): void => {
  if (given.length === 0) return void out.sql(`(SELECT 1) AS ${givenRow}`)
  out.sql('(')
  writeSource(
    out,
    given.map(({ column }) => column),
    body,
    'json_to_record',
  )
  out.sql(`) AS ${givenRow} (${given.map((_, index) => `"argument ${index}"`).join(', ')})`)
}

/** `"schema"."function"("a" => given."argument 0", ...)`. */
export const writeCall = (
  out: StatementBuilder,
  { schema, name, parameters }: PostgresFunction,
  given: readonly FunctionParameter[],
  value: (index: number) => void,
): void => {
  out.table({ schema, name }).sql('(')
  for (const [index, { column, isVariadic }] of given.entries()) {
    if (index > 0) out.sql(', ')
    if (isVariadic) out.sql('VARIADIC ')
    out.name(column.name).sql(' => ')
    value(index)
  }
  // Any number of arguments may be none, which has to be said.
  const left = parameters.find(({ isVariadic }) => isVariadic)
  if (left !== undefined && !given.includes(left)) {
    out
      .sql(given.length > 0 ? ', VARIADIC ' : 'VARIADIC ')
      .name(left.column.name)
      .sql(" => '{}'")
  }
  out.sql(')')
}

// No name of a client's has a blank.
const givenRow = '"the arguments"'

/** The value of an argument in that row. */
export const argumentName = (index: number): string => `${givenRow}."argument ${index}"`
