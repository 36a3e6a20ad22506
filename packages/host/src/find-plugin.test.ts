import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pluginFileNames } from '@easyrest/protocol'
import { findPlugin } from './find-plugin.js'
import { PluginNotFound } from './plugin-not-found.js'

const root = mkdtempSync(join(tmpdir(), 'find-'))
after(() => rmSync(root, { recursive: true }))

test('plugin_dirs come before the directories beside the server, and those before PATH', async () => {
  const [first, second, third] = [directory('a'), directory('b'), directory('c')]
  const find = () => findPlugin(choice('db1://h', [first]), { besideDirs: [second], pathVariable: third })
  const inPath = program(third, 'easyrest-plugin-db1')
  assert.equal(await find(), inPath)
  const beside = program(second, 'easyrest-plugin-db1')
  assert.equal(await find(), beside)
  const own = program(first, 'easyrest-plugin-db1')
  assert.equal(await find(), own)
})

test('in one directory the name with system and machine comes first', async () => {
  const place = directory('names')
  const names = pluginFileNames('db2')
  for (const name of [...names].reverse()) {
    const newest = program(place, name)
    assert.equal(await findPlugin(choice('db2://h', [place]), nowhere), newest)
  }
})

test("the scheme's own program comes before the one of its alias, wherever it is", async () => {
  const [near, far] = [directory('near'), directory('far')]
  const alias = program(near, 'easyrest-plugin-postgres')
  const find = () => findPlugin(choice('PostgreSQL://h/db', [near]), { besideDirs: [], pathVariable: far })
  assert.equal(await find(), alias)
  const own = program(far, 'easyrest-plugin-postgresql')
  assert.equal(await find(), own)
})

test('PATH entries that are not absolute are passed over', async () => {
  const error = await failure(findPlugin(choice('db3://h', []), { besideDirs: [], pathVariable: `.::bin:${root}` }))
  assert.ok(error.message.includes(` in one of ${root};`), error.message)
})

test('what was looked for, where, and what was passed over is said', async () => {
  const place = directory('passed')
  writeFileSync(join(place, 'easyrest-plugin-db4'), '', { mode: 0o644 })
  mkdirSync(join(place, pluginFileNames('db4')[0]!))
  const { message } = await failure(findPlugin(choice('db4://user:secret@h', [place]), nowhere))
  assert.match(message, /^connection shop: no plugin program for scheme db4: expected one of easyrest-plugin-db4-/)
  assert.match(message, /passed over: .* is a directory, .*easyrest-plugin-db4 is not executable by this user/)
  assert.match(message, /install the plugin there, or name it in plugins.shop.path/)
  assert.doesNotMatch(message, /secret/)
})

test('an explicit path is taken as it is or refused with the reason', async () => {
  const place = directory('explicit')
  const path = program(place, 'anything')
  const find = (explicit: string) => findPlugin({ ...choice('db5://h', []), path: explicit }, nowhere)
  assert.equal(await find(path), path)
  assert.match((await failure(find(join(place, 'nothing')))).message, /does not exist; correct plugins.shop.path/)
  assert.match((await failure(find(place))).message, /is a directory/)
})

test('a program in a directory where others may write is refused, with what to do', async () => {
  const refusal = async (place: string, schemes: number, pathVariable = '') => {
    program(place, `easyrest-plugin-open${schemes}`)
    const dirs = pathVariable === '' ? [place] : []
    return (await failure(findPlugin(choice(`open${schemes}://h`, dirs), { besideDirs: [], pathVariable }))).message
  }
  const open = directory('open')
  chmodSync(open, 0o777)
  assert.match(
    await refusal(open, 1),
    /easyrest-plugin-open1 lies in .*open, where everyone may write \(mode 0777\): run chmod o-w/,
  )
  chmodSync(open, 0o1777)
  assert.match(
    await refusal(open, 2, open),
    /everyone may write \(mode 1777\).*or name the program in plugins.shop.path/,
  )
  // The server's own place, and the same program by its path, are the operator's choice.
  assert.ok(await findPlugin(choice('open1://h', []), { besideDirs: [open], pathVariable: '' }))
  assert.ok(await findPlugin({ ...choice('open1://h', []), path: join(open, 'easyrest-plugin-open1') }, nowhere))
})

test('so is one in a directory of another group or owner', {
  skip: process.geteuid?.() !== 0 && 'needs root',
}, async () => {
  const place = directory('foreign')
  program(place, 'easyrest-plugin-foreign')
  const find = () => findPlugin(choice('foreign://h', [place]), nowhere)
  chmodSync(place, 0o775)
  chownSync(place, 0, 4711)
  assert.match((await failure(find())).message, /group 4711 may write \(mode 0775\): run chmod g-w/)
  chownSync(place, 0, 0)
  assert.ok(await find(), "the owner's own group is nobody else")
  chmodSync(place, 0o755)
  chownSync(place, 4711, 4711)
  assert.match((await failure(find())).message, /its owner, user 4711, may write .*run chown 0/)
})

test('a URI without a scheme is refused without its password', async () => {
  const { message } = await failure(findPlugin(choice('user:secret@host/db?password=secret', []), nowhere))
  assert.match(message, /expected uri to look like <scheme>:\/\//)
})

const nowhere = { besideDirs: [], pathVariable: '' }

const choice = (uri: string, pluginDirs: string[]) => ({ name: 'shop', uri, path: undefined, pluginDirs })

const directory = (name: string): string => {
  const path = join(root, name)
  mkdirSync(path)
  return path
}

const program = (place: string, name: string): string => {
  const path = join(place, name)
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 })
  return path
}

const failure = (promise: Promise<string>): Promise<Error> =>
  promise.then(
    (found) => assert.fail(`expected a failure, got ${found}`),
    (error: Error) => {
      assert.ok(error instanceof PluginNotFound)
      return error
    },
  )
