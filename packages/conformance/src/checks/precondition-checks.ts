import { createHash } from 'node:crypto'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { columnAs, compare, contextWith } from '../requests.js'
import type { Subject } from '../subject.js'

const rowTwo = (subject: Subject) => ({ where: compare(subject.table.key, 'eq', '2') })

const change = (subject: Subject, ifMatch: string[], more: object = {}) =>
  subject.update(`{"${subject.column('text')}":"changed"}`, { ...rowTwo(subject), ifMatch, ...more })

const tagOf = (rows: Uint8Array): string => createHash('sha256').update(rows).digest('base64url').slice(0, 22)

const currentTag = async (subject: Subject, request: object = {}): Promise<string> =>
  tagOf((await subject.get({ ...rowTwo(subject), ...request })).rows)

const text = (subject: Subject) => subject.value(2, subject.column('text'))

const needs = { role: 'db', writes: true, capabilities: ['precondition'] } as const

export const preconditionChecks = group({ id: 'precondition', rule: 'table.proto, if_match', needs }, [
  {
    id: 'match',
    title: 'a write whose tag is that of the rows is carried out, once',
    run: async (subject) => {
      const tag = await currentTag(subject)
      expectEqual('affected', (await change(subject, ['AAAAAAAAAAAAAAAAAAAAAA', tag])).affected, 1)
      expectEqual('the text', await text(subject), '"changed"')
      await expectRefusal(change(subject, [tag]), 'precondition')
    },
  },
  {
    id: 'no-match',
    title: 'a write with another tag is refused, and nothing is kept',
    run: async (subject) => {
      const other = tagOf(Buffer.from('[]'))
      await expectRefusal(change(subject, [other]), 'precondition')
      await expectRefusal(subject.delete({ ...rowTwo(subject), ifMatch: [other] }), 'precondition')
      expectEqual('the text', await text(subject), '"Banana"')
    },
  },
  {
    id: 'any',
    title: '* matches when there is a row',
    run: async (subject) => {
      expectEqual('affected', (await change(subject, ['*'])).affected, 1)
      const none = { where: compare(subject.table.key, 'eq', '99'), ifMatch: ['*'] }
      await expectRefusal(subject.delete(none), 'precondition')
    },
  },
  {
    id: 'select',
    title: 'the tag is that of the projection in if_match_select',
    rule: 'table.proto, if_match_select',
    run: async (subject) => {
      const select = [columnAs('t', subject.column('text'))]
      const tag = await currentTag(subject, { select })
      await expectRefusal(change(subject, [tag]), 'precondition')
      expectEqual('affected', (await change(subject, [tag], { ifMatchSelect: select })).affected, 1)
    },
  },
  {
    id: 'timezone',
    title: 'the tag is that of the rows in the timezone of the request',
    needs: { columns: ['timestamp'] },
    run: async (subject) => {
      const context = contextWith({ timezone: 'Asia/Tokyo' })
      const tag = await currentTag(subject, { context })
      expectEqual('affected', (await change(subject, [tag], { context })).affected, 1)
    },
  },
  {
    id: 'race',
    title: 'of many writers with one tag exactly one is carried out',
    run: async (subject) => {
      const tag = await currentTag(subject)
      const column = subject.column('text')
      const attempts = Array.from({ length: 20 }, (_, index) =>
        subject.update(`{"${column}":"writer ${index}"}`, { ...rowTwo(subject), ifMatch: [tag] }),
      )
      const outcomes = await Promise.allSettled(attempts)
      expectEqual('writers carried out', outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    },
  },
])
