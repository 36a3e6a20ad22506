import type { KvConfig } from '../../../config/kv-config.js'
import { parseExpiry } from '../../../kv/request/expiry.js'
import { parseKvPath } from '../../../kv/request/kv-path.js'
import { readListCursor, writeListCursor } from '../../../kv/request/list-cursor.js'
import { parseMetadata } from '../../../kv/request/metadata.js'
import { parseKvParameters } from '../../../kv/request/parameters.js'
import { type Entry, parseEntries } from '../../../kv/request/parse-entries.js'
import { parseEntry } from '../../../kv/request/parse-entry.js'
import { parseWriteCondition } from '../../../kv/request/write-condition.js'
import { http, jsonWords, type ParserCase } from './parser-case.js'

const kv = { strictJson: true, limits: { maxValueBytes: 16_384, maxMetadataBytes: 1024 } } as unknown as KvConfig

const documentOf = (entry: Entry) => parseEntry(entry, 'entry 0', kv, (key) => key, 'revision', 0)

export const kvParsers: readonly ParserCase[] = [
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
      [...jsonWords, '"key":', '"value":"AA=="', '"value":"', 'AAAA', '[{', '}]'],
    ),
  ]),
  http(
    'cursor of a listing',
    (text) => readListCursor(text, 'user/a/b/', 'x'),
    [writeListCursor('user/a/b/key', 'user/a/b/', 'x')],
    ['.', 'A', '-', '_', '=', 'AAAAAAAAAAA.'],
  ),
  http('metadata of a document', (text) => parseMetadata(text, 1_000_000), ['{"a":1}'], jsonWords),
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
]
