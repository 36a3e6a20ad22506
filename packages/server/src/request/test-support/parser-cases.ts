import type { IncomingHttpHeaders } from 'node:http'
import { connectionScheme, PluginError, redactUri, uriOptions } from '@easyrest/protocol'
import { parseTokenPart } from '../../auth/parse-token-part.js'
import { TokenError } from '../../auth/token-error.js'
import { BadValue } from '../../config/bad-value.js'
import type { KvConfig } from '../../config/kv-config.js'
import { parseDuration } from '../../config/parse-duration.js'
import { parseListenAddress } from '../../config/parse-listen-address.js'
import { parseSize } from '../../config/parse-size.js'
import { parseTimezone as parseConfiguredTimezone } from '../../config/parse-timezone.js'
import { ApiError } from '../../errors.js'
import { parseRoute } from '../../http/route.js'
import { parseExpiry } from '../../kv/request/expiry.js'
import { parseKvPath } from '../../kv/request/kv-path.js'
import { KvRefusal } from '../../kv/request/kv-refusal.js'
import { readListCursor, writeListCursor } from '../../kv/request/list-cursor.js'
import { parseMetadata } from '../../kv/request/metadata.js'
import { parseKvParameters } from '../../kv/request/parameters.js'
import { type Entry, parseEntries } from '../../kv/request/parse-entries.js'
import { parseEntry } from '../../kv/request/parse-entry.js'
import { parseWriteCondition } from '../../kv/request/write-condition.js'
import { chooseFormat } from '../answer-format.js'
import { parseArgumentsBody, parseRowBody, parseRowsBody } from '../body.js'
import { bodyToJson } from '../body-to-json.js'
import { contextValues, resolveOperand } from '../context-values.js'
import { readCursor, writeCursor } from '../cursor.js'
import { parseFunctionGet } from '../function-call.js'
import type { Keyset } from '../keyset.js'
import { parseLogicTree } from '../logic-tree.js'
import { mediaType } from '../media-type.js'
import { parseOrdering } from '../ordering.js'
import { parsePage } from '../page.js'
import { parsePreferences } from '../prefer.js'
import { parseQueryString } from '../query-string.js'
import { parseSelect } from '../select.js'
import { parseStatement } from '../statement.js'
import { parseTableGet } from '../table-get.js'
import type { TableInput } from '../table-input.js'
import { parseTimezone } from '../timezone.js'
import { parseIfMatch } from '../write-conditions.js'

/** A parser of text from outside, and what it takes to try it. */
export interface ParserCase {
  readonly name: string
  /** Answers anything, or throws what `isRefusal` knows. */
  readonly parse: (text: string) => unknown
  readonly isRefusal: (error: unknown) => boolean
  /** Texts that it accepts. */
  readonly samples: readonly string[]
  /** What texts for it are made of. */
  readonly words: readonly string[]
}

const values = contextValues('{"headers":{"x":"1"},"claims":{"sub":"a","list":[1,2]}}')
const settings = { defaultLimit: 0, maxLimit: 0, aggregates: true, enableCache: false }
const preferences = parsePreferences(undefined, { dbTxEnd: 'commit-allow-override', defaultTimezone: 'UTC' })
const keyset: Keyset = {
  keys: [{ column: 'id', direction: 'asc', nulls: 'last', nullable: false }],
  primaryKey: ['id'],
  binding: 'abcdefghijklmnop',
}

const tableInput = (query: string, headers: IncomingHttpHeaders = {}): TableInput => ({
  table: 't',
  query: parseQueryString(query),
  headers,
  preferences,
  values,
  settings,
  context: (readOnly) => ({ userId: '', timezone: 'UTC', txEnd: 'commit', readOnly, ctx: Buffer.alloc(0) }),
})

const isClientsFault = (error: unknown): boolean => {
  if (error instanceof KvRefusal) return error.kopanoStatus >= 400 && isClientsFault(error.error)
  return error instanceof ApiError && error.status >= 400 && error.status < 500
}
const isBadValue = (error: unknown): boolean => error instanceof BadValue
const isBadUri = (error: unknown): boolean => error instanceof PluginError && error.reason === 'bad_value'
const isNever = (): boolean => false

const http = (
  name: string,
  parse: ParserCase['parse'],
  samples: readonly string[],
  words: readonly string[],
): ParserCase => ({ name, parse, isRefusal: isClientsFault, samples, words })

const kv = { strictJson: true, limits: { maxValueBytes: 16_384, maxMetadataBytes: 1024 } } as unknown as KvConfig
const documentOf = (entry: Entry) => parseEntry(entry, 'entry 0', kv, (key) => key, 'revision', 0)

const bodyOf = (type: string) => (text: string) => parseRowsBody(bodyToJson(type, Buffer.from(text), 'rows'), values)

const quoted = ['"', '\\', '\\"', '""', ',', ' ', 'a', '%', '\t']
const json = [
  '{',
  '}',
  '[',
  ']',
  '"a"',
  '"b":',
  ':',
  ',',
  '1',
  '-0.5e9',
  'null',
  'true',
  '"\\u0041"',
  '"erctx.x"',
  ' ',
  '\\',
]

export const parserCases: readonly ParserCase[] = [
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
  http(
    'Range',
    (range) => parsePage({ limit: '5', offset: '1', rangeUnit: 'items', range }, settings),
    ['0-9', '5-', ' 1-2 '],
    ['0', '9', '-', ' ', '\t', 'items=', ','],
  ),
  http(
    'Prefer',
    (text) => parsePreferences(text, { dbTxEnd: 'commit-allow-override', defaultTimezone: 'UTC' }),
    ['return=minimal, tx = rollback', 'timezone="Europe/Berlin" count=exact', 'handling=strict; max-affected=5'],
    [
      'return',
      '=',
      'minimal',
      ',',
      ';',
      ' ',
      '"',
      '\\',
      'tx=rollback',
      'timezone',
      'max-affected=',
      '1',
      'a',
      '\t',
      '"a',
    ],
  ),
  http(
    'Accept',
    (text) => chooseFormat(text, undefined),
    ['text/csv;q=0.5, */*', 'application/json', 'application/xml; charset="utf-8"'],
    ['text/csv', 'application/*', '*/*', '*', ',', ';', 'q=0.5', 'q=', 'charset=', '"', '/', ' ', 'a'],
  ),
  http('format', (text) => chooseFormat(undefined, text), ['csv', 'JSON'], ['csv', 'json', ' ', '/', 'é']),
  http(
    'Content-Type',
    mediaType,
    ['text/csv; charset=utf-8', 'application/json'],
    ['text/csv', ';', 'charset=', 'utf-8', '"', ' ', '='],
  ),
  http(
    'If-Match',
    (text) => parseIfMatch({ 'if-match': text }),
    ['"abcdefghijklmnopqrstuv"', '*'],
    ['"', 'W/', ',', '*', ' ', '\t', 'a', '"abc"', 'é'],
  ),
  http(
    'cursor',
    (text) => readCursor(text, keyset),
    [writeCursor(keyset, Buffer.from('[1]'))],
    ['.', 'abcdefghijklmnop.', 'W10', 'WzFd', '-', '_', '=', '[', 'A'],
  ),
  http(
    'timezone',
    parseTimezone,
    ['UTC', '+05:30', 'America/Argentina/Buenos_Aires'],
    ['+', '-', ':', '0', '14', 'Europe', '/', 'Berlin', '_', 'é'],
  ),
  http(
    'context value',
    (text) => resolveOperand(text, values),
    ['erctx.claims_sub', 'request.headers.x', '\\erctx.x', 'a'],
    ['erctx.', 'request.', 'claims', '.', '_', '-', '\\', '__proto__', '0'],
  ),
  http(
    'JSON rows',
    (text) => parseRowsBody(Buffer.from(text), values),
    ['[{"a":1},{"a":null}]', '{"a":"erctx.claims_sub"}'],
    json,
  ),
  http('JSON row', (text) => parseRowBody(Buffer.from(text), values), ['{"a":{"b":[1,2]}}'], json),
  http('JSON arguments', (text) => parseArgumentsBody(Buffer.from(text), values), ['{}', '{"a":1e400}'], json),
  http('NDJSON', bodyOf('application/x-ndjson'), ['{"a":1}\n{"a":2}\n'], [...json, '\n', '\r\n', '{"a":1}\n']),
  http(
    'CSV',
    bodyOf('text/csv'),
    ['a,b\r\n1,"x,""y"""\r\n', '\ufeffa\n1\n'],
    [...quoted, '\r\n', '\n', '\r', '\ufeff', '\0'],
  ),
  http(
    'form',
    bodyOf('application/x-www-form-urlencoded'),
    ['a=1&b=%41+'],
    ['a', 'b', '=', '&', '%41', '%', '+', ' ', '\n'],
  ),
  http('statement', (text) => parseStatement(Buffer.from(text)), ['SELECT 1'], ['SELECT', ' ', '\n', '--', '\0']),
  ...(['kopano', 'plain'] as const).flatMap((preset) => [
    http(
      `path of a key, preset ${preset}`,
      (text) => parseKvPath(text, { preset, realms: new Map([['user', { read: [], write: [] }]]) }),
      ['/api/kvs/v1/kv/user/a/b', '/api/kvs/v1/txn'],
      ['/', '/api/kvs/v1/kv/user/', 'a', '%2F', '%', '%ff', '..', '.', '%00', 'é'],
    ),
    http(
      `parameters of a key, preset ${preset}`,
      (text) => parseKvParameters(text, 'GET', preset),
      ['recurse=1&raw=1', 'limit=5'],
      ['recurse', 'limit', 'cursor', '=', '&', '1', '%', '+', '__proto__'],
    ),
    http(
      `batch of documents, preset ${preset}`,
      (text) => parseEntries(Buffer.from(text), preset).map(documentOf),
      ['[{"key":"a","value":1,"content_type":"application/json"}]', '[{"key":"a","value":"AA=="}]', '[]'],
      [...json, '"key":', '"value":"AA=="', '"value":"', 'AAAA', '[{', '}]'],
    ),
  ]),
  http(
    'cursor of a listing',
    (text) => readListCursor(text, 'user/a/b/', 'x'),
    [writeListCursor('user/a/b/key', 'user/a/b/', 'x')],
    ['.', 'A', '-', '_', '=', 'AAAAAAAAAAA.'],
  ),
  http('metadata of a document', (text) => parseMetadata(text, 1_000_000), ['{"a":1}'], json),
  http(
    'time to live',
    (ttl) => parseExpiry({ ttl, expires: undefined, keeps: false }, 0),
    ['5', '1.5'],
    ['1', '.', '-', 'e', '0'],
  ),
  http(
    'condition of a write',
    (text) => parseWriteCondition({}, text),
    ['0'],
    ['0', 'a', '-', '"', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ),
  {
    name: 'part of a token',
    parse: (text) => parseTokenPart(Buffer.from(text), 'payload'),
    isRefusal: (error) => error instanceof TokenError,
    samples: ['{"sub":"a","n":9007199254740993}', '{"a":{"b":[1,{"c":"\\""}]}}'],
    words: json,
  },
  {
    name: 'duration',
    parse: parseDuration,
    isRefusal: isBadValue,
    samples: ['30s', '1m30s', '1.5h'],
    words: ['1', '.', 's', 'm', 'h', 'ms', '0', ' '],
  },
  {
    name: 'size',
    parse: parseSize,
    isRefusal: isBadValue,
    samples: ['10MB', '1.5 KiB'],
    words: ['1', '.', 'k', 'M', 'i', 'B', ' ', '0'],
  },
  {
    name: 'listen address',
    parse: parseListenAddress,
    isRefusal: isBadValue,
    samples: ['127.0.0.1:80', '[::1]:0', '/run/x'],
    words: ['1', '.', ':', '[', ']', '/', 'unix:', 'a', '%'],
  },
  {
    name: 'configured timezone',
    parse: parseConfiguredTimezone,
    isRefusal: isBadValue,
    samples: ['UTC', '-11:30'],
    words: ['+', ':', '0', 'Europe', '/', 'Berlin'],
  },
  {
    name: 'scheme',
    parse: connectionScheme,
    isRefusal: isNever,
    samples: ['sqlite://x'],
    words: ['a', ':', '/', '+', '.', '-', '://'],
  },
  {
    name: 'URI without secrets',
    parse: redactUri,
    isRefusal: isNever,
    samples: ['postgres://u:p@h/db?password=x&y=1'],
    words: ['a', '://', ':', '@', '?', '&', ';', '=', 'pass', 'token', 'key', ' ', '/', 'pass='],
  },
  {
    name: 'options of a URI',
    parse: (text) => uriOptions(text, ['a', 'pool']),
    isRefusal: isBadUri,
    samples: ['a=1&pool=%41'],
    words: ['a', 'pool', '=', '&', '%41', '%', '+'],
  },
]
