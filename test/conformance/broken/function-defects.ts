import type { CallFunctionRequest, DBPlugin, FunctionAnswer, JsonRow } from '@easyrest/plugin'
import { PluginError, parseJsonRow, parseJsonRows, selectRows } from '@easyrest/plugin'
import { altered, textOf } from './altered.js'
import type { Defect } from './defects.js'

type CallFunction = (request: CallFunctionRequest) => Promise<FunctionAnswer>

/** SQLite has no functions, so these are in the program; `change` makes them wrong. */
const withFunctions =
  (change: (request: CallFunctionRequest, call: CallFunction) => Promise<FunctionAnswer>): Defect =>
  (db) =>
    altered(db, {
      capabilities: [...(db.capabilities ?? []), 'function_filters'],
      callFunction: (request) => change(request, (asked) => rightCall(db, asked)),
    })

const rightCall = async (db: DBPlugin, request: CallFunctionRequest): Promise<FunctionAnswer> => {
  const given = parseJsonRow(request.arguments)
  if (request.function === 'add_up') return sum(request, given)
  if (request.function === 'first_numbers') return numbers(request, given)
  if (request.function === 'rename_thing') return rename(db, request, given)
  throw new PluginError('unknown_function', 'there is no such function', { details: { nearest: 'add_up' } })
}

const sum = (request: CallFunctionRequest, given: JsonRow): FunctionAnswer => {
  if (given.size !== 2) throw new PluginError('bad_value', 'expected a and b')
  if (request.expectSet) throw new PluginError('bad_value', 'no set')
  return { result: Buffer.from(String(integer(given, 'a') + integer(given, 'b'))) }
}

const integer = (given: JsonRow, name: string): bigint => {
  const value = given.get(name)
  const text = value !== undefined && 'text' in value && value.kind !== 'json' ? value.text : ''
  if (/^-?\d+$/.test(text)) return BigInt(text)
  throw new PluginError('bad_value', `expected a whole number for ${name}`)
}

const numbers = (request: CallFunctionRequest, given: JsonRow): FunctionAnswer => {
  const texts = Array.from({ length: Number(integer(given, 'count')) }, (_, n) => `{"n":${n + 1},"word":"${n}"}`)
  const found = selectRows(parseJsonRows(Buffer.from(`[${texts.join(',')}]`)), request)
  const rows = (found.rows as readonly JsonRow[]).map(printed)
  if (request.expectSingle && rows.length !== 1) throw new PluginError('singular', 'not one row')
  if (rows.length > (request.maxAffected ?? Number.POSITIVE_INFINITY)) throw new PluginError('max_affected', 'too many')
  const result = Buffer.from(`[${rows.join(',')}]`)
  if (result.length > (request.maxReplyBytes || Number.POSITIVE_INFINITY))
    throw new PluginError('too_large', 'too large')
  return { result, isSet: true, rowCount: rows.length, total: found.total }
}

const printed = (row: JsonRow): string =>
  `{${[...row].map(([name, value]) => `"${name}":${'text' in value ? (value.kind === 'string' ? JSON.stringify(value.text) : value.text) : value.kind}`).join(',')}}`

const rename = async (db: DBPlugin, request: CallFunctionRequest, given: JsonRow): Promise<FunctionAnswer> => {
  if (request.expectSet) throw new PluginError('bad_value', 'no set')
  const { context } = request
  const name = given.get('name')
  await db.tableUpdate(
    {
      ...{ context, table: 'things', returning: 'none', select: [], expectSingle: false, maxAffected: undefined },
      ...{ ifMatch: [], ifMatchSelect: [] },
      where: { kind: 'comparison', column: 'id', operator: 'eq', operands: [String(integer(given, 'key'))] },
      data: Buffer.from(JSON.stringify({ name: name !== undefined && 'text' in name ? name.text : '' })),
    },
    undefined as never,
  )
  return { result: Buffer.from('null') }
}

const without = (changes: Partial<CallFunctionRequest>): Defect =>
  withFunctions((request, call) => call({ ...request, ...changes }))

const inContext = (changes: object): Defect =>
  withFunctions((request, call) => call({ ...request, context: request.context && { ...request.context, ...changes } }))

export const functionDefects: Readonly<Record<string, Defect>> = {
  'functions.value': withFunctions(async (request, call) => {
    const answer = await call(request)
    return answer.isSet ? answer : { result: Buffer.from(String(Number(textOf(answer.result)))) }
  }),
  'functions.set': withFunctions(async (request, call) => ({ ...(await call(request)), isSet: false })),
  'functions.unknown': withFunctions((request, call) =>
    call(request).catch((error: PluginError) => {
      throw error.reason === 'unknown_function' ? new PluginError('unknown_function', 'no such function') : error
    }),
  ),
  'functions.arguments': withFunctions((request, call) => {
    const given = parseJsonRow(request.arguments)
    return given.has('other') ? Promise.resolve({ result: Buffer.from('3') }) : call(request)
  }),
  'functions.writes': inContext({ txEnd: 'commit' }),
  'functions.read-only': inContext({ readOnly: false }),
  'functions.reply-bytes': withFunctions((request, call) =>
    call({ ...request, maxReplyBytes: 0 }).then((answer) => ({ ...answer, result: Buffer.from('[]'), rowCount: 0 })),
  ),
  'function-filters.where': without({ where: undefined }),
  'function-filters.select': without({ select: [] }),
  'function-filters.count': withFunctions(async (request, call) => {
    const answer = await call(request)
    return request.count === 'exact' ? { ...answer, total: answer.rowCount } : answer
  }),
  'function-filters.expectations': without({ expectSingle: false }),
  'function-filters.rolled-back': withFunctions(async (request, call) => {
    const answer = await call({ ...request, expectSet: false })
    if (request.function === 'rename_thing' && request.expectSet) throw new PluginError('bad_value', 'no set')
    return answer
  }),
}
