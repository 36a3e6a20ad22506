import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

// Keys are made and looked at under constant garbage collection, in a process that may hang: with generateKeyPairSync
// itself Node 20 does so within twenty keys.
const run = () =>
  spawnSync(process.execPath, ['--max-semi-space-size=1', '--input-type=module', '--eval', program], {
    timeout: 20_000,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  })

const program = `
  import { generateKeys } from '${new URL('generate-keys.js', import.meta.url)}'
  const garbage = []
  for (let made = 0; made < 200; made++) {
    const { publicKey } = generateKeys('ec', { namedCurve: 'P-256' })
    for (let use = 0; use < 20; use++) {
      publicKey.export({ format: 'jwk' })
      garbage[(made * 20 + use) % 10_000] = new Array(100).fill(use)
    }
  }
  console.log('done')`

describe('generateKeys', () => {
  it('makes keys that answer whenever the garbage collector runs', () => {
    assert.equal(run().stdout, 'done\n')
  })
})
