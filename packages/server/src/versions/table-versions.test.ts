import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CacheClient } from '@easyrest/host'
import { CachePatience } from './cache-patience.js'
import { TableVersions, type TableVersionsOptions } from './table-versions.js'
import { UnknownVersions } from './unknown-versions.js'

const tag = 'A'.repeat(22)
const other = 'B'.repeat(22)
const hour = 3_600_000

describe('TableVersions', () => {
  let cache: SharedCache
  beforeEach(() => {
    cache = new SharedCache()
  })

  it('remembers a tag until the table is changed, through any server that shares the cache', async () => {
    const [one, two] = [open(cache), open(cache)]
    await read(one, 'users', 'q', tag)
    assert.equal(await knownTag(two, 'users', 'q'), tag)
    assert.equal(await knownTag(two, 'USERS', 'q'), tag)
    assert.equal(await knownTag(two, 'users', 'another'), undefined)
    await two.changed({ table: 'Users' }, 'done')
    assert.equal(await knownTag(one, 'users', 'q'), undefined)
  })

  it('leaves other tables alone, except those the map names', async () => {
    const versions = open(cache, { invalidates: new Map([['users', ['Names']]]) })
    for (const table of ['users', 'names', 'orders']) await read(versions, table, table, tag)
    await versions.changed({ table: 'users' }, 'done')
    assert.equal(await knownTag(versions, 'names', 'names'), undefined)
    assert.equal(await knownTag(versions, 'orders', 'orders'), tag)
  })

  it('changes what the map says of a function, and nothing else of its name', async () => {
    const versions = open(cache, { invalidates: new Map([['archive', ['users']]]) })
    for (const table of ['users', 'archive']) await read(versions, table, table, tag)
    await versions.changed({ function: 'archive' }, 'done')
    assert.equal(await knownTag(versions, 'users', 'users'), undefined)
    assert.equal(await knownTag(versions, 'archive', 'archive'), tag)
    await versions.changed({ function: 'unmapped' }, 'done')
    assert.equal(await knownTag(versions, 'archive', 'archive'), tag)
  })

  it('takes * for any table and for all of them', async () => {
    const versions = open(cache, { invalidates: new Map([['*', ['*']]]) })
    await read(versions, 'view', 'q', tag)
    assert.equal(await knownTag(versions, 'view', 'q'), tag, 'control')
    await versions.changed({ table: 'users' }, 'done')
    assert.equal(await knownTag(versions, 'view', 'q'), undefined)
  })

  it('does not remember old rows under the version of a write that came between', async () => {
    const [reader, writer] = [open(cache), open(cache)]
    const before = await reader.recall('users', 'q')
    // The rows are read here, then:
    await writer.changed({ table: 'users' }, 'done')
    before?.remember(tag)
    await settled()
    assert.equal(await knownTag(reader, 'users', 'q'), undefined)
    assert.equal(await knownTag(writer, 'users', 'q'), undefined)
  })

  it('would do so if the version were taken behind the rows (control)', async () => {
    const [reader, writer] = [open(cache), open(cache)]
    await writer.changed({ table: 'users' }, 'done')
    const behind = await reader.recall('users', 'q')
    behind?.remember(tag)
    await settled()
    assert.equal(await knownTag(writer, 'users', 'q'), tag)
  })

  it('never sets a version twice, so that one that arrives late brings nothing old back', async () => {
    const versions = open(cache)
    await read(versions, 'users', 'q', tag)
    for (let count = 0; count < 50; count++) await versions.changed({ table: 'users' }, 'done')
    const set = cache.sets.filter((key) => key.includes(':version:'))
    assert.equal(new Set(set).size, set.length)
  })

  describe('when the cache does not take the new version', () => {
    it('believes nothing about the table until it does', async () => {
      const versions = open(cache)
      await read(versions, 'users', 'q', tag)
      await read(versions, 'orders', 'o', tag)
      cache.broken = true
      await versions.changed({ table: 'users' }, 'done')
      cache.broken = false
      assert.equal(await versions.recall('users', 'q'), undefined)
      await healed(versions)
      assert.equal(await knownTag(versions, 'users', 'q'), undefined)
      assert.equal(await knownTag(open(cache), 'users', 'q'), undefined, 'nor does another server')
      assert.equal(await knownTag(versions, 'orders', 'o'), tag)
    })

    it('remembers that across a reload', async () => {
      const before = open(cache)
      await read(before, 'users', 'q', tag)
      cache.broken = true
      await before.changed({ table: 'users' }, 'done')
      cache.broken = false
      assert.equal(await knownTag(open(cache), 'users', 'q'), tag, 'control: a server that does not know is late')
      assert.equal(await open(cache, { unknown: before.unknown }).recall('users', 'q'), undefined)
    })

    it('keeps a bounded number of names and then believes nothing at all', async () => {
      const versions = open(cache)
      await read(versions, 'users', 'q', tag)
      cache.broken = true
      for (let count = 0; count < 1000; count++) await versions.changed({ table: `t${count}` }, 'done')
      cache.broken = false
      assert.equal(versions.unknown.has(['users']), false, 'control')
      cache.broken = true
      await versions.changed({ table: 'one_more' }, 'done')
      assert.equal(versions.unknown.has(['users']), true)
    })
  })

  it('believes nothing about a write that may yet happen, and settles it afterwards', async () => {
    const versions = open(cache, { graceMs: 50 })
    await versions.changed({ table: 'users' }, 'unknown')
    assert.equal(await versions.recall('users', 'q'), undefined)
    // A write that went well meanwhile says nothing about the other.
    await versions.changed({ table: 'users' }, 'done')
    assert.equal(await versions.recall('users', 'q'), undefined)
    await healed(versions)
    await read(versions, 'users', 'q', tag)
    assert.equal(await knownTag(versions, 'users', 'q'), tag)
  })

  it('keeps a mark that was made while an older one was settled', async () => {
    const unknown = new UnknownVersions(hour)
    unknown.add(['users'], 0)
    const due = unknown.due()
    unknown.add(['users'], 0)
    unknown.settle(['users'], due)
    assert.equal(unknown.has(['users']), true)
    unknown.settle(['users'], unknown.due())
    assert.equal(unknown.has(['users']), false)
  })

  it('takes rubbish in the cache for nothing', async () => {
    const versions = open(cache)
    for (const rubbish of ['', ' ', 'x', `${tag} ${tag} ${tag}`, `${tag} "`, '\u0000', 'x'.repeat(100_000)]) {
      await read(versions, 'users', 'q', tag)
      cache.overwrite((key) => (key.includes(':version:') ? rubbish : undefined))
      assert.equal(await knownTag(versions, 'users', 'q'), undefined)
      await read(versions, 'users', 'q', other)
      cache.overwrite((key) => (key.includes(':tag:') ? rubbish : undefined))
      assert.equal(await knownTag(versions, 'users', 'q'), undefined)
    }
  })
})

describe('CachePatience', () => {
  it('waits for a cache once, then lets it rest and tries it with one request at a time', async () => {
    const changes: unknown[] = []
    const patience = new CachePatience((error) => changes.push(error))
    const failure = new Error('late')
    let tries = 0
    const fail = () =>
      patience.run(async () => {
        tries++
        throw failure
      })
    for (let count = 0; count < 100; count++) assert.equal(await fail(), undefined)
    assert.equal(tries, 1)
    assert.deepEqual(changes, [failure])

    await new Promise((resolve) => setTimeout(resolve, 1050))
    await Promise.all(Array.from({ length: 100 }, fail))
    assert.equal(tries, 2)
    await new Promise((resolve) => setTimeout(resolve, 1050))
    assert.equal(await patience.run(async () => 'well'), 'well')
    assert.equal(await patience.run(async () => 'still'), 'still')
    assert.deepEqual(changes, [failure, undefined])
  })

  it('shares a tenth of a second among the calls of one request', async () => {
    const patience = new CachePatience(() => {})
    await patience.run(async (options) => {
      assert.ok(options().timeoutMs! <= 100)
      await new Promise((resolve) => setTimeout(resolve, 120))
      assert.equal(options().timeoutMs, 1)
    })
  })
})

/** What servers share. */
class SharedCache implements CacheClient {
  broken = false
  readonly sets: string[] = []
  private readonly values = new Map<string, string>()

  async get({ key }: { key: string }): Promise<{ value: string | undefined }> {
    this.fail()
    return { value: this.values.get(key) }
  }

  async set({ key, value }: { key: string; value: string }): Promise<void> {
    this.fail()
    this.sets.push(`${key} ${value}`)
    this.values.set(key, value)
  }

  async delete(): Promise<void> {
    throw new Error('never needed')
  }

  overwrite(valueFor: (key: string) => string | undefined): void {
    for (const key of this.values.keys()) this.values.set(key, valueFor(key) ?? this.values.get(key)!)
  }

  private fail(): void {
    if (this.broken) throw new Error('broken')
  }
}

/** A server of its own on the cache. */
const open = (cache: CacheClient, options: Partial<TableVersionsOptions> = {}): TableVersions =>
  new TableVersions({
    connection: 'shop',
    cache,
    ttlMs: hour,
    graceMs: hour,
    invalidates: new Map(),
    patience: new CachePatience(() => {}),
    unknown: new UnknownVersions(hour),
    ...options,
  })

/** A read that the database answers. */
const read = async (versions: TableVersions, table: string, identity: string, rowsTag: string): Promise<void> => {
  const remembered = await versions.recall(table, identity)
  assert.ok(remembered)
  remembered.remember(rowsTag)
  await settled()
}

const knownTag = async (versions: TableVersions, table: string, identity: string): Promise<string | undefined> =>
  (await versions.recall(table, identity))?.tag

const healed = async (versions: TableVersions): Promise<void> => {
  const end = Date.now() + 10_000
  while (versions.unknown.has(['users'])) {
    assert.ok(Date.now() < end, 'expected the table to be believed again within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
    versions.heal()
  }
}

const settled = async (): Promise<void> => {
  await nextTurn()
  await nextTurn()
}
