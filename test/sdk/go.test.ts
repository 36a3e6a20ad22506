import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkPlugin, resultText } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { goToolchain } from '../support/go-toolchain.js'
import { repositoryPath } from '../support/repository-path.js'

const go = goToolchain()
const skip = go === undefined ? 'Go is not installed, so nothing of the Go SDK was tried' : false
const sdk = repositoryPath('sdk', 'go')
const program = repositoryPath('.cache', 'go', 'easyrest-plugin-memory')

describe('The Go SDK', { skip }, () => {
  it('passes its own tests, and its generated code is that of the proto files', () => {
    go!.run(sdk, 'vet', './...')
    assert.match(go!.run(sdk, 'test', './...'), /^ok\s+easyrest\/contract/m)
  })

  it('is formatted, and so is all else that is written in Go here', () => {
    const folders = [sdk, 'plugins/examples/go', 'bench/hop-go', 'packages/server/templates/go', 'test/support/go']
    const files = execFileSync(join(go!.folder, 'gofmt'), ['-l', ...folders], {
      cwd: repositoryPath(),
      encoding: 'utf8',
    })
    assert.equal(files, '')
  })

  it('has a minimal plugin of at most 60 lines, which its README shows', () => {
    const source = readFileSync(`${sdk}/examples/memory/main.go`, 'utf8')
    assert.ok(source.trimEnd().split('\n').length <= 60)
    assert.ok(readFileSync(`${sdk}/README.md`, 'utf8').includes(source.slice(source.indexOf('package main'))))
  })

  it('tells who starts a plugin by hand what it is and how to use it', () => {
    go!.build(`${sdk}/examples/memory`, program)
    const { status, stdout, stderr } = spawnSync(program, { encoding: 'utf8', env: {} })
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /memory 0\.1\.0, a plugin of EasyREST for connections to memory:\/\//)
    assert.ok(stderr.includes(`mydb: { uri: "memory://...", path: "${program}" }`))
  })

  it('makes of it a plugin that passes every check of what it names', async () => {
    go!.build(`${sdk}/examples/memory`, program)
    const { results } = await checkPlugin({ program, uri: 'memory://', seed: readSeed('memory') })
    assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
    const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
    for (const id of ['handshake.tls', 'session.answers', 'lifecycle.host-death']) assert.ok(passed.includes(id), id)
  })
})
