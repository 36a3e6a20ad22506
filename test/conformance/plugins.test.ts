import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CheckOptions, checkPlugin, checks, resultText } from '@easyrest/conformance'
import { repositoryPath, sqlitePlugin } from '../support/repository-path.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { readSeed, seededSqlite } from './support.js'

test('the SQLite plugin passes every check', async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  await passes(
    { program: sqlitePlugin(), uri: seededSqlite(directory), seed: readSeed('sqlite') },
    'functions',
    'watch',
  )
})

test('the in-memory example passes every check of what it names', async () => {
  const program = repositoryPath('plugins/examples/memory/bin/easyrest-plugin-memory.js')
  await passes({ program, uri: 'memory://', seed: readSeed('memory') })
})

/** @param lacks capabilities the plugin does not have; when there are any, nothing else may be skipped */
const passes = async (options: CheckOptions, ...lacks: string[]): Promise<void> => {
  const { results } = await checkPlugin(options)
  const failures = results.filter(({ outcome }) => outcome === 'failed')
  assert.deepEqual(failures.map(resultText), [])
  assert.equal(results.length, checks.length)
  const skipped = results.filter(({ outcome }) => outcome === 'skipped')
  const unexpected = skipped.filter(({ reason }) => !lacks.some((name) => reason!.endsWith(name)))
  if (lacks.length > 0) assert.deepEqual(unexpected.map(resultText), [])
  assert.ok(results.some(({ outcome }) => outcome === 'passed'))
}
