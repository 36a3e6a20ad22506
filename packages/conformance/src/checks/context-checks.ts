import { group } from '../check.js'
import { expectEqual, expectThat } from '../expect.js'
import { compare, contextWith } from '../requests.js'
import { suiteRow } from '../suite-rows.js'

const ctxWith = (members: object) => contextWith({ ctx: Buffer.from(JSON.stringify(members)) })

const hostile = JSON.parse(
  '{"timezone":"UTC","headers":{"x-\\u0000\\n":"a","__proto__":"b","a\'; DROP TABLE x; --":"c"},"claims":{"__proto__":{"role":"admin"},"constructor":1,"sub":"é\'\\"","deep":[[[{"a":null}]]]},"prefer":{"tx":"commit","constructor":"x"},"unknown":{"a":[1,2]}}',
)

export const contextChecks = group({ id: 'context', rule: 'context.proto, RequestContext', needs: { role: 'db' } }, [
  {
    id: 'absent',
    title: 'a call without a context, or with an empty one, is answered',
    run: async (subject) => {
      expectEqual('rows', (await subject.get({ context: undefined })).rowCount, 8)
      expectEqual('rows', (await subject.get({ context: contextWith({ ctx: Buffer.alloc(0) }) })).rowCount, 8)
    },
  },
  {
    id: 'ctx-is-data',
    title: 'hostile names and values in ctx change nothing',
    rule: 'context.proto, "never become part of a statement"',
    run: async (subject) => {
      const where = compare(subject.table.key, 'lte', '2')
      expectEqual('rows', (await subject.get({ context: ctxWith(hostile), where })).rowCount, 2)
      expectEqual('rows of the next call', (await subject.get()).rowCount, 8)
    },
  },
  {
    id: 'typed-fields-win',
    title: 'a typed field wins over its namesake in ctx',
    rule: 'context.proto, "The typed fields win over it"',
    needs: { writes: true },
    run: async (subject) => {
      const context = { ...ctxWith({ prefer: { tx: 'rollback' }, timezone: 'Asia/Tokyo' }) }
      await subject.create([suiteRow(101)], { context })
      expectEqual('the keys', await subject.keys(compare(subject.table.key, 'eq', '101')), [101])
    },
  },
  {
    id: 'timezone-stays',
    title: 'the timezone of a call is its own: the next one has another',
    rule: 'context.proto, "Nothing of it may be visible to the next call"',
    needs: { columns: ['timestamp'] },
    run: async (subject) => {
      const column = subject.column('timestamp')
      const zones = ['Asia/Tokyo', 'UTC', 'America/New_York', '+05:30']
      const offsets = ['+09:00', '+00:00', '-04:00', '+05:30']
      const calls = Array.from({ length: 40 }, async (_, index) => {
        const context = contextWith({ timezone: zones[index % 4]! })
        const text = (await subject.value(2, column, { context })).replace('Z', '+00:00')
        expectThat(text.endsWith(`${offsets[index % 4]}"`), `a timestamp at ${offsets[index % 4]}`, text)
      })
      await Promise.all(calls)
    },
  },
])
