import type { DBPlugin, RowsAnswer, TableGetRequest } from '@easyrest/plugin'
import type { Defect } from './defects.js'

/** A defect of TableGet: in what it understands, or in what it answers. */
export const onGet = (
  ask: (request: TableGetRequest) => TableGetRequest,
  answer: (rows: RowsAnswer, request: TableGetRequest) => RowsAnswer = (rows) => rows,
): Defect => {
  return (db) =>
    changed(db, { tableGet: async (request, call) => answer(await db.tableGet(ask(request), call), request) })
}

/** `db` with some of its methods replaced; the others stay its own. */
export const changed = (db: DBPlugin, changes: Partial<DBPlugin>): DBPlugin =>
  new Proxy(db, {
    get: (target, name) => {
      if (name in changes) return changes[name as keyof DBPlugin]
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
