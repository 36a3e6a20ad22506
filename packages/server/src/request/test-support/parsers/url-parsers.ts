import { parseRoute } from '../../../http/route.js'
import { chooseFormat } from '../../answer-format.js'
import { resolveOperand } from '../../context-values.js'
import { readCursor, writeCursor } from '../../cursor.js'
import { parseFunctionGet } from '../../function-call.js'
import type { Keyset } from '../../keyset.js'
import { parseLogicTree } from '../../logic-tree.js'
import { parseOrdering } from '../../ordering.js'
import { parsePage } from '../../page.js'
import { parsePreferences } from '../../prefer.js'
import { parseQueryString } from '../../query-string.js'
import { parseSelect } from '../../select.js'
import { parseTableGet } from '../../table-get.js'
import type { TableInput } from '../../table-input.js'
import { http, type ParserCase, values } from './parser-case.js'

const settings = { defaultLimit: 0, maxLimit: 0, aggregates: true, enableCache: false }

const keyset: Keyset = {
  keys: [{ column: 'id', direction: 'asc', nulls: 'last', nullable: false, primary: true }],
  primaryKey: ['id'],
  binding: 'abcdefghijklmnop',
}

const tableInput = (query: string): TableInput => ({
  table: 't',
  query: parseQueryString(query),
  headers: {},
  preferences: parsePreferences(undefined, { dbTxEnd: 'commit-allow-override', defaultTimezone: 'UTC' }),
  values,
  settings,
  context: (readOnly) => ({ userId: '', timezone: 'UTC', txEnd: 'commit', readOnly, ctx: Buffer.alloc(0) }),
})

export const urlParsers: readonly ParserCase[] = [
  http(
    'path',
    parseRoute,
    ['/api/db/t/', '/api/db/rpc/f', '/api/db/'],
    ['/', '/api', 'db', 'rpc', '%41', '%', '%2f', '..', '__proto__', '?'],
  ),
  http(
    'query string',
    parseQueryString,
    ['a=1&b=%20+', '&&a', 'a==b'],
    ['a', '=', '&', '+', '%41', '%', '%ff', '%00', 'é'],
  ),
  http(
    'select',
    (text) => parseSelect(text, values),
    ['a,b:c', 'count()', 'x:a.sum()::text,b', 'a.count(distinct)', 'me:request.claims.sub'],
    ['a', 'b', ':', '::', ',', '.', '(', ')', 'sum', 'count', 'distinct', 'text', 'erctx.', 'request.', ' ', '"', '\\'],
  ),
  http(
    'ordering',
    parseOrdering,
    ['a,-b', 'a.desc.nullslast'],
    ['a', '-', '.', ',', 'asc', 'desc', 'nullsfirst', 'nullslast', ' ', 'é'],
  ),
  http(
    'condition tree',
    (text) => parseLogicTree('or', text, values),
    ['(a.eq.1,b.not.is.null)', '(and(a.in.(1,"2"),not.or(b.lt.3)),c.like.x%)'],
    ['(', ')', ',', '.', 'and', 'or', 'not.', 'a.eq.', 'in.(', '"', '\\', '1', 'null', 'erctx.claims_sub', ' '],
  ),
  http(
    'parameters of a table',
    (text) => parseTableGet(tableInput(text)),
    [
      'where.eq.a=1&limit=2',
      'select=a.sum()&having.gt.sum=1',
      'or=(a.eq.1)&ordering=-a&distinct=true',
      'where.in.a=1,"b,c"',
    ],
    [
      ...['where.', 'having.', 'not.', 'eq.', 'in.', 'between.', 'is.', 'a', '=', '&', '1', ',', '"', '\\', '%2C', '+'],
      ...[
        'or=(',
        ')',
        'select=',
        'limit=',
        'offset=',
        'distinct=true',
        'cursor=',
        'format=',
        'erctx.x',
        'request.path',
      ],
    ],
  ),
  http(
    'parameters of a function',
    (text) => parseFunctionGet({ ...tableInput(text), function: 'f' }),
    ['x=1&y=2&where.eq.a=1', 'a=request.claims.sub'],
    ['a', 'b', '=', '&', '1', 'where.eq.a', 'limit', 'select', 'erctx.', '%41', '.', '__proto__'],
  ),
  http(
    'limit',
    (limit) => parsePage({ limit, offset: undefined, rangeUnit: undefined, range: undefined }, settings),
    ['1', '0'],
    ['0', '9', '-', '.', 'e', ' '],
  ),
  http('format', (text) => chooseFormat(undefined, text), ['csv', 'JSON'], ['csv', 'json', ' ', '/', 'é']),
  http(
    'cursor',
    (text) => readCursor(text, keyset),
    [writeCursor(keyset, Buffer.from('[1]'))],
    ['.', 'abcdefghijklmnop.', 'W10', 'WzFd', '-', '_', '=', '[', 'A'],
  ),
  http(
    'context value',
    (text) => resolveOperand(text, values),
    ['erctx.claims_sub', 'request.headers.x', '\\erctx.x', 'a'],
    ['erctx.', 'request.', 'claims', '.', '_', '-', '\\', '__proto__', '0'],
  ),
]
