import type { Call, FunctionAnswer } from '@easyrest/plugin'
import { type CallFunctionRequest, PluginError } from '@easyrest/protocol'
import type { PostgresFunction } from '../catalog/postgres-function.js'
import type { Database } from '../database.js'
import type { Step } from '../server-connection.js'
import { bodyBytes } from '../tables/body.js'
import { largestReply } from '../tables/table-get.js'
import type { Use } from '../use.js'
import { RowCollector } from '../values/row-collector.js'
import { uncheckedMembers } from '../values/unfit-column.js'
import { readTextRow } from '../wire/backend-messages.js'
import type { Parameter } from '../wire/frontend-writer.js'
import { callProcedure } from './call-procedure.js'
import { type Invocation, setStatement, valueStatement } from './call-statement.js'
import { chooseFunction } from './choose-function.js'
import { argumentNames, checkArguments, givenParameters } from './function-arguments.js'
import { urlArguments } from './url-arguments.js'

/** A function or procedure by the names of its arguments, in a transaction of its own. */
export const callFunction = (
  database: Database,
  request: CallFunctionRequest,
  call?: Call,
): Promise<FunctionAnswer> => {
  const scope = { context: request.context, call, renewsSession: true }
  return database.use(database.functions, request.function, scope, (use) => {
    const invocation = invocationOf(use, request)
    if (request.expectSet && invocation.called.answers !== 'set') {
      throw new PluginError('bad_value', `${request.function} answers no set of rows`)
    }
    if (invocation.called.isProcedure) return runProcedure(database, use, invocation)
    return invocation.called.answers === 'set'
      ? runSet(database, request, use, invocation)
      : runValue(database, request, use, invocation)
  })
}

const invocationOf = (use: Use<readonly PostgresFunction[]>, request: CallFunctionRequest): Invocation => {
  const given = bodyBytes(request.arguments.length === 0 ? noArguments : request.arguments)
  const names = argumentNames(given)
  const called = chooseFunction(use.thing, names, given)
  if (called.answers === 'unknown') {
    throw new PluginError('bad_value', `${called.name} answers rows whose columns nobody declares`)
  }
  // Only GET calls where nothing can be written.
  const body = request.context?.readOnly ? urlArguments(called, given) : given
  checkArguments(called, body)
  const parameters = givenParameters(called, names)
  const columns = parameters.map(({ column }) => column)
  use.leaveToServer(uncheckedMembers(columns, body, 'json_to_record'))
  return { called, given: parameters, body }
}

const runSet = async (
  database: Database,
  request: CallFunctionRequest,
  use: Use<readonly PostgresFunction[]>,
  invocation: Invocation,
): Promise<FunctionAnswer> => {
  const rows = new RowCollector(request.maxReplyBytes || largestReply)
  const { text, parameters } = setStatement(invocation, request, use.target.binder)
  let total: number | undefined
  const onRow: Step['onRow'] = (bytes, start) => {
    // With a count the first row is the total.
    if (request.count === 'exact' && total === undefined) total = Number(readTextRow(bytes, start)[0])
    else rows.add(bytes, start)
  }
  const step = { text, parameters: parameters as Parameter[], onRow }
  await run(database, request, use, step, () => checkRows(request, rows.rowCount))
  return { result: rows.rows(), isSet: true, rowCount: rows.rowCount, total }
}

const runValue = async (
  database: Database,
  request: CallFunctionRequest,
  use: Use<readonly PostgresFunction[]>,
  invocation: Invocation,
): Promise<FunctionAnswer> => {
  const { text, parameters } = valueStatement(invocation, request.context)
  let result: string | null = null
  const onRow: Step['onRow'] = (bytes, start) => {
    result = readTextRow(bytes, start)[0]!
  }
  await run(database, request, use, { text, parameters: parameters as Parameter[], onRow }, () => {})
  return { result: Buffer.from(result ?? 'null') }
}

/** @param check throws when the answer is not what was wished; nothing is committed then */
const run = async (
  { transactions }: Database,
  { context }: CallFunctionRequest,
  use: Use<readonly PostgresFunction[]>,
  step: Step,
  check: () => void,
): Promise<void> => {
  const steps = [...use.comparison, step]
  const decide = () => {
    use.confirm()
    check()
  }
  if (!context?.readOnly) return transactions.write(use.scope, steps, decide)
  await transactions.read(use.scope, steps)
  decide()
}

const runProcedure = async (
  { transactions }: Database,
  use: Use<readonly PostgresFunction[]>,
  invocation: Invocation,
): Promise<FunctionAnswer> => {
  if (use.scope.context?.readOnly) throw new PluginError('permission', 'a procedure may write; call it with POST')
  const result = await transactions.dialogue(use.scope, async (run) => {
    if (use.comparison.length > 0) await run(use.comparison)
    use.confirm()
    return callProcedure(invocation, use.scope.context, run)
  })
  return { result }
}

const checkRows = ({ function: name, expectSingle, maxAffected }: CallFunctionRequest, found: number): void => {
  if (expectSingle && found !== 1)
    throw new PluginError('singular', `expected exactly one row of ${name}, found ${found}`)
  if (maxAffected === undefined || found <= maxAffected) return
  throw new PluginError('max_affected', `expected at most ${maxAffected} rows of ${name}, found ${found}`)
}

const noArguments = Buffer.from('{}')
