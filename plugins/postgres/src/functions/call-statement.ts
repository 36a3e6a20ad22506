import type { CallFunctionRequest, RequestContext } from '@easyrest/protocol'
import {
  type Binder,
  countStatement,
  type RowsStatement,
  type Statement,
  StatementBuilder,
  selectStatement,
  type TableShape,
  type Target,
} from '@easyrest/sql'
import type { FunctionParameter, PostgresFunction } from '../catalog/postgres-function.js'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import { canonicalValue, jsonRowsText } from '../sql/json-rows-statement.js'
import { postgresDialect, quoteIdentifier } from '../sql/postgres-dialect.js'
import { argumentName, writeCall, writeGiven } from './function-arguments.js'

/** A call with its arguments. */
export interface Invocation {
  readonly called: PostgresFunction
  readonly given: readonly FunctionParameter[]
  readonly body: Buffer
}

/** A function that answers no set, as a statement that answers at most one JSON text. */
export const valueStatement = (invocation: Invocation, context: RequestContext | undefined): Statement => {
  const { called } = invocation
  const out = new StatementBuilder(postgresDialect)
  if (called.answers === 'value') {
    out.sql(
      `SELECT pg_catalog.to_json(${canonicalValue(`${result}.${fieldNames(called)}`, { sql: '', column: called.fields[0]! })}) FROM `,
    )
  } else out.sql(called.answers === 'nothing' ? 'SELECT NULL FROM ' : `SELECT ${result}.* FROM `)
  writeInvocation(out, invocation)
  if (called.answers === 'composite') out.sql(` WHERE NOT (${result} IS NULL)`)
  const statement = out.build()
  if (called.answers === 'value' || called.answers === 'nothing') return statement
  return {
    ...statement,
    text: jsonRowsText({ ...statement, outputs: outputsOf(called), lastKey: [] }, 'select', context),
  }
}

/**
 * A function that answers a set, as a statement of one JSON text per row; with a count that stands in front of them. Its
 * rows are made once, however often they are looked at.
 */
export const setStatement = (
  invocation: Invocation,
  request: CallFunctionRequest,
  binder: Binder<PostgresColumn>,
): Statement => {
  const out = new StatementBuilder(postgresDialect).sql(`WITH ${quoteIdentifier(rowsName)} AS MATERIALIZED (`)
  out.sql(`SELECT ${result}.* FROM `)
  writeInvocation(out, invocation)
  const call = out.sql(') ').build()
  const rows = rowsOf(invocation.called)
  if (request.count !== 'exact') return joined(call, answerOf(request, rows, targetBehind(call, binder)))
  const count = countStatement(selectionOf(request), rows, targetBehind(call, binder))
  const counted = joined(call, { ...count, text: `SELECT pg_catalog.to_json((${count.text})) UNION ALL ` })
  return joined(counted, answerOf(request, rows, targetBehind(counted, binder)))
}

const answerOf = (
  request: CallFunctionRequest,
  rows: TableShape<PostgresColumn>,
  target: Target<PostgresColumn>,
): Statement => {
  const statement = selectStatement(selectionOf(request), rows, target)
  return { ...statement, text: jsonRowsText(statement, 'select', request.context) }
}

const selectionOf = ({ select, where, ordering, page }: CallFunctionRequest) => ({
  ...{ select, where, ordering, page },
  ...{ grouping: [], having: undefined, distinct: false, lastKeyColumns: [] },
})

const joined = (first: Statement, second: Statement): Statement => ({
  text: first.text + second.text,
  parameters: [...first.parameters, ...second.parameters],
})

/** For a statement that stands behind another, whose parameters come first. */
const targetBehind = ({ parameters }: Statement, binder: Binder<PostgresColumn>): Target<PostgresColumn> => ({
  binder,
  dialect: { ...postgresDialect, placeholder: (position) => `$${position + parameters.length}` },
})

const rowsOf = ({ fields }: PostgresFunction): TableShape<PostgresColumn> => ({
  name: rowsName,
  primaryKey: [],
  columns: new Map(fields.map((field) => [field.name, field])),
})

// A name with blanks, so that it hides no table.
const rowsName = 'rows of the function'
const result = '"its result"'

const outputsOf = ({ fields }: PostgresFunction): RowsStatement<PostgresColumn>['outputs'] =>
  fields.map((column) => ({ alias: column.name, sql: quoteIdentifier(column.name), column }))

/** The arguments and the call, as the tables behind FROM. */
const writeInvocation = (out: StatementBuilder, { called, given, body }: Invocation): void => {
  writeGiven(out, given, body)
  out.sql(' CROSS JOIN LATERAL ')
  writeCall(out, called, given, (index) => out.sql(argumentName(index)))
  out.sql(called.answers === 'nothing' ? ` AS ${result}` : ` AS ${result} (${fieldNames(called)})`)
}

const fieldNames = ({ fields }: PostgresFunction): string => fields.map(({ name }) => quoteIdentifier(name)).join(', ')
