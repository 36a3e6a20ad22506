import type { DBPlugin, EnsureTableRequest, EnsureTableResponse, QueryRequest, RowsAnswer } from '@easyrest/plugin'
import { altered, onGet, same, textOf } from './altered.js'
import type { Defect } from './defects.js'

type Ensure = (request: EnsureTableRequest) => Promise<EnsureTableResponse>
type Query = (request: QueryRequest) => Promise<RowsAnswer>

const onEnsure =
  (change: (request: EnsureTableRequest, ensure: Ensure) => Promise<EnsureTableResponse>): Defect =>
  (db) =>
    altered(db, { ensureTable: (request, call) => change(request, (asked) => db.ensureTable!(asked, call)) })

const onQuery =
  (change: (request: QueryRequest, query: Query) => Promise<RowsAnswer>): Defect =>
  (db) =>
    altered(db, { query: (request, call) => change(request, (asked) => db.query!(asked, call)) })

/** Takes a table that it knows for complete. */
const createsOnly: Defect = (db: DBPlugin) => {
  const known = new Set<string>()
  return onEnsure(async (request, ensure) => {
    if (known.has(request.table)) return { created: false }
    known.add(request.table)
    return ensure(request)
  })(db)
}

const alwaysCreated = onEnsure(async (request, ensure) => ({ ...(await ensure(request)), created: true }))

const none: RowsAnswer = { rows: Buffer.from('[]'), rowCount: 0 }

export const capabilityDefects: Readonly<Record<string, Defect>> = {
  'ensure-table.create': onEnsure((request, ensure) => ensure({ ...request, columns: request.columns.slice(0, 3) })),
  'ensure-table.again': alwaysCreated,
  'ensure-table.at-once': alwaysCreated,
  'ensure-table.add': createsOnly,
  'ensure-table.constraints': onEnsure((request, ensure) => ensure({ ...request, indexes: [] })),
  'ensure-table.ascii': onGet(same, (answer, { select }) => {
    if (select[0]?.alias !== 'w') return answer
    const rows = JSON.parse(textOf(answer.rows)) as { w: string }[]
    return { ...answer, rows: rows.sort((a, b) => a.w.localeCompare(b.w)) }
  }),
  'ensure-table.refused': onEnsure((request, ensure) =>
    ensure({ ...request, context: request.context && { ...request.context, txEnd: 'commit' } }),
  ),
  'query.read': onQuery(async () => none),
  'query.write': onQuery(async (request, query) => (/^select/i.test(request.statement) ? query(request) : none)),
  'query.limits': onQuery(async (request, query) => (request.maxReplyBytes > 0 ? none : query(request))),
  'query.broken': onQuery((request, query) =>
    query(request).catch(() => {
      throw new Error('near "this": syntax error')
    }),
  ),
}
