import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextValues } from './context-values.js'

const values = (ctx: string) =>
  Object.fromEntries(
    contextValues({ userId: 'u', timezone: 'UTC', txEnd: 'commit', readOnly: false, ctx: Buffer.from(ctx) }),
  )

test('members are found by their flat names, with all their digits', () => {
  const ctx =
    '{"claims":{"sub":"a","n":9007199254740993,"yes":true,"none":null,"Deep.er":{"x-y":1},"list":["p",{"q":2}]}}'
  const { claims, claims_deep_er: deeper, claims_list: list, ...rest } = values(ctx)
  assert.equal(claims, ctx.slice('{"claims":'.length, -1))
  assert.deepEqual([deeper, list], ['{"x-y":1}', '["p",{"q":2}]'])
  assert.deepEqual(rest, {
    ...{ claims_sub: 'a', claims_n: '9007199254740993', claims_yes: 'true', claims_deep_er_x_y: '1' },
    ...{ claims_list_0: 'p', claims_list_1: '{"q":2}', claims_list_1_q: '2' },
    ...{ timezone: 'UTC', user_id: 'u', prefer_tx: 'commit' },
  })
})

test('what is typed wins', () => {
  assert.deepEqual(values('{"timezone":"Asia/Tokyo","prefer":{"tx":"rollback"},"user_id":"other"}'), {
    ...{ timezone: 'UTC', user_id: 'u', prefer: '{"tx":"rollback"}', prefer_tx: 'commit' },
  })
})
