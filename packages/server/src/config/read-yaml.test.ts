import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from './config-error.js'
import { load, problemsOf } from './test-support/load.js'

describe('YAML', () => {
  test('a syntax error has its place, and quotes nothing of the file', async () => {
    assert.deepEqual(await problemsOf('port: 1\ntoken_secret: "abc" hunter2\n'), [
      'config.yaml:2:21: not valid YAML: Unexpected scalar at node end',
    ])
    assert.match((await problemsOf('a: [1, 2\nb: 3\n'))[0]!, /^config\.yaml:2:1: not valid YAML: /)
    assert.deepEqual(await problemsOf('port: *nowhere\n'), [
      'config.yaml:1:7: port: there is no anchor "nowhere" before this alias',
    ])
    assert.match((await problemsOf('port: !exec 1\n'))[0]!, /^config\.yaml:1:7: not valid YAML: Unresolved tag/)
  })

  test('a duplicate key is an error', async () => {
    assert.deepEqual(await problemsOf('port: 1\nhost: a\nport: 2\n'), [
      'config.yaml:3:1: port: the key "port" is here twice',
    ])
  })

  for (const key of ['__proto__', 'constructor', 'prototype']) {
    test(`the key ${key} is refused everywhere`, async () => {
      const line = (place: string) => `config.yaml:${place}the key "${key}" is not allowed`
      assert.deepEqual(await problemsOf(`${key}: { port: 1 }\nhost: a\n`), [line('1:1: ')])
      assert.deepEqual(await problemsOf(`plugins:\n  ${key}: { uri: "a://b" }\n`), [line('2:3: plugins: ')])
      assert.deepEqual(await problemsOf(`anon_claims:\n  a:\n    ${key}: 1\n`), [line('3:5: anon_claims.a: ')])
      assert.deepEqual(
        await problemsOf('port: 1\n', { env: { ER_ANON_CLAIMS: `{"${key}":1}`, ER_TOKEN_SECRET: 'x'.repeat(32) } }),
        [`environment: ER_ANON_CLAIMS: the key "${key}" is not allowed`],
      )
      assert.equal(({} as Record<string, unknown>).port, undefined)
    })
  }

  test('an alias bomb is refused quickly', async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`)
    assert.deepEqual(await problemsOf(`a0: &a0 [x]\n${levels.join('\n')}\n`), [
      'config.yaml: expected at most 100 aliases',
    ])
    const wide = Array.from({ length: 60 }, (_, i) => `k${i}: *big`)
    const text = `big: &big [${'x, '.repeat(2000)}x]\n${wide.join('\n')}\n`
    assert.deepEqual(await problemsOf(text), ['config.yaml: the aliases of the file expand to too much'])
    assert.match((await problemsOf('a: &a [*a]\n'))[0]!, /nested too deeply/)
  })

  for (const levels of [33, 5000, 200_000]) {
    test(`${levels} levels are refused`, async () => {
      const line = 'config.yaml: the file is nested too deeply; expected at most 32 levels'
      assert.deepEqual(await problemsOf(`a: ${'['.repeat(levels)}${']'.repeat(levels)}\n`), [line])
      if (levels > 5000) return
      const block = Array.from({ length: Math.min(levels, 900) }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
      assert.deepEqual(await problemsOf(`${block}\n`), [line])
    })
  }

  test('levels of any form are refused, however they end', async () => {
    const line = 'config.yaml: the file is nested too deeply; expected at most 32 levels'
    for (const form of ['- ', '? ', ': ', '- ? ', '{a: ', '- [']) {
      const text = `${form.repeat(50_000)}x\n- y\n`
      assert.deepEqual(await problemsOf(text), [line], `of ${JSON.stringify(form)}`)
    }
    const deep = `anon_claims: { a: ${'['.repeat(30)}1${']'.repeat(30)} }\n`
    await load(deep)
  })

  test('many keys take no quadratic time', async () => {
    const before = process.cpuUsage()
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`)
    await assert.rejects(load(keys.join('\n')), ConfigError)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 5_000_000, `${user + system} µs`)
  })

  test('a number that would lose digits is refused', async () => {
    assert.deepEqual(await problemsOf('anon_claims:\n  tenant: 9007199254740993\n'), [
      'config.yaml:2:11: anon_claims.tenant: this number would lose digits; put it in quotes',
    ])
  })

  test('any text loads or throws a ConfigError', async () => {
    const words = fc.constantFrom(
      ...['port', 'plugins', 'cors', ':', ': ', '\n', '\n  ', '- ', '{', '}', '[', ']', '"', "'", '#', '&a ', '*a'],
      ...['<<', '!!str ', '|', '>', '?', '---\n', '${', '}', '1', 'true', 'null', '\t', '%', '@', 'uri', '://', 'ä'],
    )
    const text = fc.array(words, { maxLength: 30 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.string()), async (input) => {
        await load(input).catch((error) => assert.ok(error instanceof ConfigError, String(error)))
      }),
      { numRuns: 500 },
    )
  })
})
