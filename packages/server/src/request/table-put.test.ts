import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../errors.js'
import type { TableSchema } from '../schema/connection-schema.js'
import { contextValues } from './context-values.js'
import { parsePreferences } from './prefer.js'
import { parseQueryString } from './query-string.js'
import type { TableInput } from './table-input.js'
import { parseTablePut } from './table-put.js'

const input: TableInput = {
  table: 'things',
  query: parseQueryString('where.eq.id=1'),
  headers: {},
  preferences: parsePreferences(undefined, { dbTxEnd: 'commit-allow-override', defaultTimezone: 'UTC' }),
  values: contextValues('{}'),
  settings: { defaultLimit: 0, maxLimit: 0, aggregates: true, enableCache: false },
  context: (readOnly) => ({ userId: '', timezone: 'UTC', txEnd: 'commit', readOnly, ctx: Buffer.from('{}') }),
}

const schema = (readOnly: boolean): TableSchema => ({
  properties: { id: { type: 'integer', readOnly }, v: { type: 'string' } },
  'x-primary-key': ['id'],
})

test('a row whose key the database alone writes cannot be put, whether the body holds the key or not', () => {
  for (const body of ['{"id":1,"v":"a"}', '{"v":"a"}']) {
    assert.throws(
      () => parseTablePut(input, Buffer.from(body), schema(true)),
      (error) =>
        error instanceof ApiError && error.code === 'method_not_allowed' && error.headers.Allow?.includes('PATCH'),
    )
  }
  const { request } = parseTablePut(input, Buffer.from('{"id":1,"v":"a"}'), schema(false))
  assert.deepEqual(request.conflict, { action: 'merge', target: ['id'], keep: [] })
})
