import { type CallFunctionRequest, type CallFunctionResponse, dbService } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { columnAs, compare, contextWith, order } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'

type FunctionUse = 'sum' | 'rows' | 'renames'

const call = (
  subject: Subject,
  use: FunctionUse,
  given: string,
  request: Partial<CallFunctionRequest> = {},
): Promise<CallFunctionResponse> => {
  const name = subject.table.functions![use]
  return subject.writing(() =>
    subject.call(dbService.CallFunction, { function: name, arguments: Buffer.from(given), ...request }),
  )
}

/** Column n of the rows that are answered for a count of 5. */
const numbers = async (subject: Subject, request: Partial<CallFunctionRequest>): Promise<string[]> => {
  const { result, rowCount } = await call(subject, 'rows', '{"count":5}', request)
  return rowsOf({ rows: result, rowCount }).map((row) => textOf(row, 'n'))
}

const textOfKey2 = (subject: Subject): Promise<string> => subject.value(2, subject.column('text'))

const rename = '{"key":2,"name":"renamed"}'

const resultText = ({ result }: CallFunctionResponse): string => Buffer.from(result).toString('utf8')

const needs = { role: 'db', capabilities: ['functions'], seed: ['functions'] } as const

const callChecks = group({ id: 'functions', rule: 'db.proto, CallFunction', needs }, [
  {
    id: 'value',
    title: 'a function with one result answers it as it is, by the names of its arguments in any order',
    run: async (subject) => {
      const answer = await call(subject, 'sum', '{"a":9007199254740993,"b":2}')
      expectEqual('the result', resultText(answer), '9007199254740995')
      expectEqual('is_set', answer.isSet, false)
      expectEqual('the result', resultText(await call(subject, 'sum', '{"b":1,"a":"2"}')), '3')
    },
  },
  {
    id: 'set',
    title: 'a function that returns a set answers an array of rows and their number',
    rule: 'db.proto, CallFunctionResponse.is_set',
    run: async (subject) => {
      const answer = await call(subject, 'rows', '{"count":3}')
      expectEqual('is_set', answer.isSet, true)
      const rows = rowsOf({ rows: answer.result, rowCount: answer.rowCount })
      expectEqual('n of the rows', rows.map((row) => textOf(row, 'n')).sort(), ['1', '2', '3'])
      expectEqual('rows of none', resultText(await call(subject, 'rows', '{"count":0}')).replace(/\s/g, ''), '[]')
    },
  },
  {
    id: 'unknown',
    title: 'an unknown function is unknown_function with the nearest name',
    rule: 'plugin.proto, Error.reason',
    run: async (subject) => {
      const name = subject.table.functions!.sum
      const misspelt = subject.call(dbService.CallFunction, { function: `${name}x`, arguments: Buffer.from('{}') })
      expectEqual('details.nearest', (await expectRefusal(misspelt, 'unknown_function')).details.nearest, name)
    },
  },
  {
    id: 'arguments',
    title: 'arguments that are missing, that nobody takes, or that do not convert are bad_value',
    run: async (subject) => {
      for (const given of [
        '{"a":1}',
        '{"a":1,"b":2,"other":3}',
        '{"a":1,"b":"ten"}',
        '{"a":1,"b":[2]}',
        '[1,2]',
        '{',
      ]) {
        await expectRefusal(call(subject, 'sum', given), 'bad_value')
      }
    },
  },
  {
    id: 'writes',
    title: 'what a function writes is committed, or rolled back where the context says so',
    rule: 'context.proto, RequestContext.tx_end',
    needs: { writes: true },
    run: async (subject) => {
      await call(subject, 'renames', rename, { context: contextWith({ txEnd: 'rollback' }) })
      expectEqual('the text after a dry run', await textOfKey2(subject), '"Banana"')
      await call(subject, 'renames', rename)
      expectEqual('the text after the call', await textOfKey2(subject), '"renamed"')
    },
  },
  {
    id: 'read-only',
    title: 'a function that writes is refused when the request may only read',
    rule: 'context.proto, RequestContext.read_only',
    needs: { writes: true },
    run: async (subject) => {
      await expectRefusal(call(subject, 'renames', rename, { context: contextWith({ readOnly: true }) }), 'permission')
      expectEqual('the text after the refusal', await textOfKey2(subject), '"Banana"')
    },
  },
  {
    id: 'reply-bytes',
    title: 'an answer beyond max_reply_bytes is too_large',
    rule: 'db.proto, CallFunctionRequest.max_reply_bytes',
    run: async (subject) => {
      await expectRefusal(call(subject, 'rows', '{"count":100}', { maxReplyBytes: 100 }), 'too_large')
    },
  },
])

const filters = { ...needs, capabilities: ['functions', 'function_filters'] } as const

const filterChecks = group({ id: 'function-filters', rule: 'db.proto, CallFunctionRequest', needs: filters }, [
  {
    id: 'where',
    title: 'conditions, order and page hold for the rows of a function',
    run: async (subject) => {
      const ordering = [order('n', 'desc')]
      expectEqual('n where n > 3', await numbers(subject, { where: compare('n', 'gt', '3'), ordering }), ['5', '4'])
      expectEqual('a page', await numbers(subject, { ordering, page: { limit: 2, offset: 1 } }), ['4', '3'])
    },
  },
  {
    id: 'select',
    title: 'select holds for the rows of a function',
    run: async (subject) => {
      const { result, rowCount } = await call(subject, 'rows', '{"count":1}', { select: [columnAs('number', 'n')] })
      expectEqual('the row', [...rowsOf({ rows: result, rowCount })[0]!.keys()], ['number'])
    },
  },
  {
    id: 'count',
    title: 'a count is of the rows that match, whatever the page is',
    rule: 'db.proto, CallFunctionRequest.count',
    run: async (subject) => {
      const where = compare('n', 'gt', '1')
      const answer = await call(subject, 'rows', '{"count":5}', {
        where,
        page: { limit: 1, offset: 0 },
        count: 'exact',
      })
      expectEqual('total and rows', [answer.total, answer.rowCount], [4, 1])
      const none = await call(subject, 'rows', '{"count":0}', { count: 'exact' })
      expectEqual('the total of none', [none.total, none.rowCount], [0, 0])
    },
  },
  {
    id: 'expectations',
    title: 'what is not the wished number or kind of rows is refused',
    run: async (subject) => {
      await expectRefusal(call(subject, 'sum', '{"a":1,"b":2}', { expectSet: true }), 'bad_value')
      await expectRefusal(call(subject, 'rows', '{"count":2}', { expectSingle: true }), 'singular')
      await expectRefusal(call(subject, 'rows', '{"count":3}', { maxAffected: 2 }), 'max_affected')
      const one = await call(subject, 'rows', '{"count":1}', { expectSingle: true, expectSet: true, maxAffected: 1 })
      expectEqual('rows', one.rowCount, 1)
    },
  },
  {
    id: 'rolled-back',
    title: 'a function that writes and is refused for its answer has written nothing',
    rule: 'db.proto, "and roll back"',
    needs: { writes: true },
    run: async (subject) => {
      const asked = { expectSet: true, maxAffected: 0 }
      await expectRefusal(call(subject, 'renames', rename, asked), 'bad_value', 'max_affected')
      expectEqual('the text after the refusal', await textOfKey2(subject), '"Banana"')
    },
  },
])

export const functionChecks = [...callChecks, ...filterChecks]
