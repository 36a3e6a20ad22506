import {
  type CallFunctionRequest,
  type CallFunctionResponse,
  type JsonRow,
  nearestName,
  PluginError,
  parseJsonRow,
} from '@easyrest/protocol'
import { type Statement, StatementBuilder } from '@easyrest/sql'
import type { Field, MysqlRow, RowSink } from './connection.js'
import type { MysqlSession } from './mysql-session.js'
import { outputsOf } from './result-outputs.js'
import { type Routine, type RoutineParameter, readRoutine } from './routine-catalog.js'
import { RowWriter } from './row-writer.js'

/** Inside a transaction, and alone on its connection. */
export const callFunction = async (
  session: MysqlSession,
  request: CallFunctionRequest,
): Promise<CallFunctionResponse> => {
  const routine = await readRoutine(request.function, session.connection)
  const values = parseJsonRow(request.arguments)
  checkArguments(routine, values)
  const statement = callStatement(session, routine, values)
  const sets = new ResultSets(session, request.maxReplyBytes || largestReply)
  try {
    await session.run(statement, sets)
  } finally {
    session.connection.forget(statement.text)
  }
  return resultOf(routine, sets.all())
}

/** Arguments are told by their names, and none may be missing: the database knows no defaults. */
const checkArguments = ({ name, parameters }: Routine, values: JsonRow): void => {
  const known = parameters.filter(isGiven).map(({ column }) => column.name)
  const missing = known.find((argument) => !values.has(argument))
  if (missing !== undefined) throw badArgument(missing, `${name} needs the argument ${missing}`)
  const unknown = [...values.keys()].find((argument) => !known.includes(argument))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, known)
  throw badArgument(
    unknown,
    `${name} has no argument ${unknown}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
  )
}

const isGiven = ({ mode }: RoutineParameter): boolean => mode !== 'out'

const badArgument = (name: string, message: string): PluginError =>
  new PluginError('bad_value', message, { details: { column: name } })

const callStatement = ({ target }: MysqlSession, routine: Routine, values: JsonRow): Statement => {
  const out = new StatementBuilder(target.dialect).sql(routine.kind === 'function' ? 'SELECT ' : 'CALL ')
  out
    .name(routine.name)
    .sql('(')
    .list(routine.parameters, ', ', ({ column }) => {
      const value = values.get(column.name)
      out.bind(value === undefined ? { value: null } : target.binder.value(column, value))
    })
  return out.sql(routine.kind === 'function' ? ') AS result' : ')').build()
}

/** Every set of rows that a call answers, each written as it arrives. */
class ResultSets implements RowSink {
  private readonly writers: { readonly writer: RowWriter; readonly fields: readonly Field[] }[] = []

  constructor(
    private readonly session: MysqlSession,
    private readonly maxBytes: number,
  ) {}

  open(fields: readonly Field[]): void {
    const writer = new RowWriter({ outputs: outputsOf(fields), lastKey: [] }, this.session.printZone, this.maxBytes)
    writer.open(fields)
    this.writers.push({ writer, fields })
  }

  row(row: MysqlRow): void {
    this.writers.at(-1)!.writer.row(row)
  }

  all(): readonly ResultSet[] {
    return this.writers.map(({ writer, fields }) => ({
      text: writer.rows().toString('utf8'),
      rowCount: writer.rowCount,
      columnCount: fields.length,
    }))
  }
}

interface ResultSet {
  /** A JSON array of objects. */
  readonly text: string
  readonly rowCount: number
  readonly columnCount: number
}

/**
 * A function: its value. A procedure: null; one OUT parameter as a value, several as an object; one set of rows as a set;
 * sets and OUT parameters, or several sets, as an object with the sets under `result_sets`.
 */
const resultOf = (routine: Routine, sets: readonly ResultSet[]): CallFunctionResponse => {
  if (routine.kind === 'function') return value(onlyValue(sets[0]!))
  // What leaves by parameters comes as one row behind all sets.
  const hasOut = routine.parameters.some(({ mode }) => mode !== 'in')
  const out = hasOut ? sets.at(-1) : undefined
  const answered = hasOut ? sets.slice(0, -1) : sets
  if (answered.length === 0) {
    if (out === undefined) return value('null')
    return value(out.columnCount === 1 ? onlyValue(out) : onlyRow(out))
  }
  if (answered.length === 1 && out === undefined) {
    const [set] = answered
    return { result: Buffer.from(set!.text), isSet: true, rowCount: set!.rowCount, total: undefined }
  }
  const members = out === undefined ? '{' : `${onlyRow(out).slice(0, -1)},`
  return value(`${members}"result_sets":[${answered.map(({ text }) => text).join(',')}]}`)
}

const value = (json: string): CallFunctionResponse => ({
  result: Buffer.from(json),
  isSet: false,
  rowCount: 0,
  total: undefined,
})

const onlyRow = ({ text }: ResultSet): string => text.slice(1, -1)

/** The value of the one member of the one row. */
const onlyValue = (set: ResultSet): string => {
  const row = onlyRow(set)
  return row.slice(row.indexOf('":') + 2, -1)
}

const largestReply = 64 * 1024 * 1024 - 64 * 1024
