import assert from 'node:assert/strict'
import { utimesSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { loadConfig } from './config/load-config.js'
import { folder, write } from './config/test-support/folder.js'
import { secret } from './config/test-support/load.js'
import { type Gateway, openGateway } from './gateway.js'
import type { Observation } from './observe/observation.js'

const start = `token_secret: ${secret.replaceAll(' ', '-')}\n`

/** Programs that are not there: what is started or not does not matter here. */
const configs: Record<string, string> = {
  'of blocks': `${start}port: 8081
check_scope: true
cors:
  enabled: true
  origins: [https://app.example.com]
server:
  max_body_size: 1MB
  request_timeout: 5s
plugins:
  shop:
    uri: "postgres://shop@127.0.0.1/shop"
    path: /none
    exclude:
      table: [passwords, sessions]
    allow:
      table: [orders]
  audit:
    uri: "sqlite://./audit.db"
    path: /none
    public: { table: [news] }
max_limit: 1000
`,
  'of flows': JSON.stringify({
    ...{ token_secret: secret, default_limit: 10, max_limit: 100, anon_claims: { role: 'guest' } },
    plugins: { shop: { uri: 'postgres://ü@h/shop', path: '/none', limits: { timeout: '5s' } } },
  }),
  'of anchors and comments': `# The shop.
${start}plugins:
  a: &base # the first
    uri: "a://b"
    path: /none
    db_tx_end: rollback
  b:
    <<: *base
    title: "B # not a comment"
  c:
    <<: *base
    exclude: { table: [secret] }
# The end.
`,
}

const file = 'cut.yaml'
const load = () => loadConfig({ file, flags: {}, env: {}, cwd: folder })

/** As if it had been written long ago, so that nobody waits for the rest. */
function writeOld(text: Buffer | string): void {
  const path = write(file, text)
  utimesSync(path, 1, 1)
}

for (const [title, text] of Object.entries(configs)) {
  describe(`A configuration ${title}, cut after every byte`, () => {
    let gateway: Gateway
    const seen: Observation[] = []
    before(async () => {
      writeOld(text)
      gateway = await openGateway({
        initial: await load(),
        load,
        observe: (observation) => void seen.push(observation),
      })
    })
    after(() => gateway?.close())

    test('is never put in force', async () => {
      const inForce = gateway.current()
      const bytes = Buffer.from(text)
      const end = Buffer.from(text.trimEnd()).length
      for (let length = 0; length < end; length++) {
        writeOld(bytes.subarray(0, length))
        const outcome = await gateway.reload()
        assert.ok(
          !outcome.reloaded && outcome.because === 'configuration',
          `after ${length} bytes: ${JSON.stringify(outcome)}`,
        )
        assert.equal(gateway.current(), inForce)
      }
      assert.equal(seen.filter(({ kind }) => kind === 'reload-failed').length, end)
      writeOld(text)
      const outcome = await gateway.reload()
      assert.deepEqual(outcome, { reloaded: true, generation: 2, changes: [] }, 'control: the whole one is')
    })

    test('is never put in force instead of another one that ends with a mark', async () => {
      writeOld(`${start}plugins: {}\n...\n`)
      assert.ok((await gateway.reload()).reloaded)
      const inForce = gateway.current()
      const bytes = Buffer.from(`${text}\n...\n`)
      for (let length = 0; length < bytes.length - 1; length++) {
        writeOld(bytes.subarray(0, length))
        const outcome = await gateway.reload()
        assert.ok(!outcome.reloaded && outcome.because === 'configuration', `after ${length} bytes`)
        assert.equal(gateway.current(), inForce)
      }
      writeOld(bytes)
      const whole = await gateway.reload()
      assert.ok(!whole.reloaded && whole.because === 'plugin', 'control: the whole one is right, but for its programs')
    })
  })
}

test('A cut configuration is often a valid one (control)', async () => {
  let valid = 0
  for (const text of Object.values(configs)) {
    for (let length = 0; length < text.length; length++) {
      const cut = { file, text: text.slice(0, length), flags: {}, env: {} }
      await loadConfig(cut).then(
        () => valid++,
        () => {},
      )
    }
  }
  assert.ok(valid > 50, `${valid} only: the tests above prove little`)
})
