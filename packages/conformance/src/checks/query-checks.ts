import { dbService } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { rowsOf, type Subject, textOf } from '../subject.js'

const query = (subject: Subject, statement: string, request: object = {}) =>
  subject.call(dbService.Query, { statement, ...request })

const needs = { role: 'db', capabilities: ['query'], seed: ['query'] } as const

export const queryChecks = group({ id: 'query', rule: 'db.proto, Query', needs }, [
  {
    id: 'read',
    title: 'a statement that reads is answered with its rows',
    run: async (subject) => {
      const rows = rowsOf(await query(subject, subject.table.query!.reads))
      expectEqual(
        'n of the rows',
        rows.map((row) => textOf(row, 'n')),
        ['1'],
      )
    },
  },
  {
    id: 'write',
    title: 'a statement that would write is refused, and nothing is written',
    run: async (subject) => {
      for (const statement of subject.table.query!.writes) {
        await expectRefusal(query(subject, statement))
        expectEqual(`keys after ${statement}`, (await subject.keys()).length, 8)
      }
    },
  },
  {
    id: 'limits',
    title: 'max_rows bounds the answer, and max_reply_bytes too',
    run: async (subject) => {
      const { reads } = subject.table.query!
      expectEqual('row_count', (await query(subject, reads, { maxRows: 1 })).rowCount, 1)
      await expectRefusal(query(subject, reads, { maxReplyBytes: 4 }), 'too_large')
    },
  },
  {
    id: 'broken',
    title: 'a statement that is none is refused without the text of the driver',
    run: async (subject) => {
      await expectRefusal(query(subject, 'this is no statement at all'), 'bad_value', 'permission')
    },
  },
])
