import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './config-error.js'
import { refuseCutFile } from './refuse-cut-file.js'
import { load } from './test-support/load.js'

const text = 'plugins:\n  a: { uri: "a://b" }\n  b: { uri: "a://b" }\n'

const isRefused = async (before: string, now: string): Promise<boolean> => {
  const [inForce, next] = [await load(before), await load(now)]
  try {
    refuseCutFile(inForce, next)
    return false
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    assert.match(error.message, /config\.yaml: the file seems to be cut off: .*put a line "\.\.\." at its end/)
    return true
  }
}

describe('A file at a reload', () => {
  test('that is the beginning of what is in force is refused', async () => {
    assert.equal(await isRefused(text, text.slice(0, text.indexOf('  b:'))), true)
  })

  test('that was changed, or lost blanks at its end, is not', async () => {
    assert.equal(await isRefused(text, text), false)
    assert.equal(await isRefused(text, text.trimEnd()), false)
    assert.equal(await isRefused(text, `port: 1\n${text}`), false)
    assert.equal(await isRefused(text, text.replace('  a: { uri: "a://b" }\n', '')), false)
  })

  test('that ends with the mark is whole', async () => {
    assert.equal(await isRefused(text, `${text.slice(0, text.indexOf('  b:'))}...\n`), false)
  })

  test('that has lost its mark is refused, even when it is another one', async () => {
    assert.equal(await isRefused(`${text}...\n`, `port: 1\n${text}`), true)
    assert.equal(await isRefused(`${text}...\n`, `port: 1\n${text}...\n`), false)
  })
})
