import type { RowsAnswer } from '@easyrest/plugin'
import { PluginError, type QueryRequest, unknownName } from '@easyrest/protocol'
import type { Field, MysqlRow, RowSink } from './connection.js'
import { HiddenNames } from './hidden-names.js'
import { MysqlFailure } from './mysql-failure.js'
import type { MysqlSession } from './mysql-session.js'
import { readOnlyStatement } from './read-only-statement.js'
import { outputsOf } from './result-outputs.js'
import { RowWriter } from './row-writer.js'

/** A client's statement, inside a transaction that can only read. */
export const runQuery = async (session: MysqlSession, request: QueryRequest): Promise<RowsAnswer> => {
  const { text, words } = readOnlyStatement(request.statement)
  await new HiddenNames(session).check(words, text)
  const rows = new QueryRows(session, request)
  try {
    await session.run({ text, parameters: [] }, rows)
  } catch (error) {
    throw error instanceof MysqlFailure ? queryError(error) : error
  } finally {
    session.connection.forget(text)
  }
  return rows.answer()
}

class QueryRows implements RowSink {
  private writer: RowWriter | undefined

  constructor(
    private readonly session: MysqlSession,
    private readonly request: QueryRequest,
  ) {}

  open(fields: readonly Field[]): void {
    const statement = { outputs: outputsOf(fields), lastKey: [] }
    this.writer = new RowWriter(statement, this.session.printZone, this.request.maxReplyBytes || largestReply)
    this.writer.open(fields)
  }

  row(row: MysqlRow): void {
    const { maxRows } = this.request
    if (maxRows > 0 && this.writer!.rowCount === maxRows) {
      throw new PluginError('too_large', `the answer has more than ${maxRows} rows; add a LIMIT to the statement`)
    }
    this.writer!.row(row)
  }

  answer(): RowsAnswer {
    return { rows: this.writer?.rows() ?? Buffer.from('[]'), rowCount: this.writer?.rowCount ?? 0 }
  }
}

// What the server says in words. The names that are passed on stand in the client's own statement.
const queryError = (failure: MysqlFailure): unknown => {
  const known = knownError(failure)
  if (known === undefined) return failure
  const log = `${failure.code} ${failure.errno}: ${failure.message}`
  return new PluginError(known.reason, known.message, { details: { ...known.details, log }, cause: failure })
}

const knownError = ({ errno, message }: MysqlFailure): PluginError | undefined => {
  const name = /'([^']*)'/.exec(message)?.[1] ?? ''
  if (errno === 1792) return new PluginError('permission', 'the query does more than read')
  if (errno === 1146) return unknownName('table', name.slice(name.lastIndexOf('.') + 1), [])
  if (errno === 1054) return unknownName('column', name, [], { problem: `there is no column ${name}` })
  if (errno === 1305) return unknownName('function', name.slice(name.lastIndexOf('.') + 1), [])
  if (errno === 1052) {
    const text = `several tables have a column ${name}; say which`
    return new PluginError('bad_value', text, { details: { column: name } })
  }
  if (statementErrors.includes(errno))
    return new PluginError('bad_value', 'the statement is not valid, or fails on a value; the log has the details')
  return undefined
}

const statementErrors = [
  1055, 1060, 1064, 1065, 1066, 1093, 1111, 1140, 1222, 1241, 1242, 1247, 1248, 1250, 1280, 1327, 1582, 1295, 1690,
  4028,
]

const largestReply = 64 * 1024 * 1024 - 64 * 1024
