import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startServer } from '../support/start-server.js'
import { testSecret } from '../support/token.js'

const connection = { t: { uri: 'pid://x', path: '/no-such-program' } }

/** Invariant 2 and 3: what is not understood, or would leave a door open, does not start. */
describe('The server does not start', () => {
  const cases: [title: string, config: string | object, env: NodeJS.ProcessEnv, said: RegExp][] = [
    [
      'without a key (K20, J-04)',
      { plugins: connection },
      { ER_TOKEN_SECRET: undefined },
      /token_secret|ER_TOKEN_SECRET/,
    ],
    ['with an empty secret (K4)', { plugins: connection }, { ER_TOKEN_SECRET: '' }, /secret/],
    ['with a short secret', { plugins: connection }, { ER_TOKEN_SECRET: 'short' }, /32/],
    ['with a mistyped key', { plugin_dir: [], plugins: connection }, {}, /config\.yaml:\d+:\d+.*plugin_dirs/],
    [
      'with a mistyped policy (J10)',
      { plugins: { t: { ...connection.t, db_tx_end: 'rolback' } } },
      {},
      /config\.yaml:\d+:\d+.*rollback/,
    ],
    ['with names that differ by case only', { plugins: { a: connection.t, A: connection.t } }, {}, /\bA\b/],
    [
      'with a level of the log that there is not',
      { plugins: connection },
      { EASYREST_LOG_LEVEL: 'warning' },
      /code 78[\s\S]*EASYREST_LOG_LEVEL: expected .*warn/,
    ],
    ['with a reserved name', { plugins: { kvs: connection.t } }, {}, /kvs/],
    ['with what is not YAML (R8)', 'plugins: [', {}, /config\.yaml:\d+:\d+/],
  ]
  for (const [title, config, env, said] of cases) {
    it(title, async () => {
      await assert.rejects(startServer({ config, env }), (error: Error) => {
        assert.match(error.message, /it ended with code [1-9]/)
        assert.match(error.message, said)
        return true
      })
    })
  }

  it('unless nothing is wrong (control)', async () => {
    const server = await startServer({ config: { plugins: connection }, env: { ER_TOKEN_SECRET: testSecret } })
    assert.deepEqual(await server.stop(), { code: 0, signal: null })
  })
})
