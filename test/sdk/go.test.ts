import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { checkPlugin, resultText } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { goToolchain } from '../support/go-toolchain.js'
import { repositoryPath } from '../support/repository-path.js'

const go = goToolchain()
const skip = go === undefined ? 'Go is not installed, so nothing of the Go SDK was tried' : false
const sdk = repositoryPath('sdk', 'go')

describe('The Go SDK', { skip }, () => {
  it('passes its own tests, and its generated code is that of the proto files', () => {
    go!.run(sdk, 'vet', './...')
    assert.match(go!.run(sdk, 'test', './...'), /^ok\s+easyrest\/contract/m)
  })

  it('has a minimal plugin of at most 60 lines, which its README shows', () => {
    const program = readFileSync(`${sdk}/examples/memory/main.go`, 'utf8')
    assert.ok(program.trimEnd().split('\n').length <= 60)
    assert.ok(readFileSync(`${sdk}/README.md`, 'utf8').includes(program.slice(program.indexOf('package main'))))
  })

  it('makes of it a plugin that passes every check of what it names', async () => {
    const program = repositoryPath('.cache', 'go', 'easyrest-plugin-memory')
    go!.build(`${sdk}/examples/memory`, program)
    const { results } = await checkPlugin({ program, uri: 'memory://', seed: readSeed('memory') })
    assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
    const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
    for (const id of ['handshake.tls', 'session.answers', 'lifecycle.host-death']) assert.ok(passed.includes(id), id)
  })
})
