import { randomBytes } from 'node:crypto'
import type { CacheClient, CallOptions } from '@easyrest/host'
import type { CachePatience } from './cache-patience.js'
import type { UnknownVersions } from './unknown-versions.js'

/** What a write was sent to. */
export type Change = { readonly table: string } | { readonly function: string }

/** The tag of a read that was asked before, as far as the cache knows. */
export interface Remembered {
  /** Without quotes; undefined: not known, or a table has changed since. */
  readonly tag: string | undefined
  /** Keeps the tag of rows that were read after this was looked up. */
  remember(tag: string): void
}

export interface TableVersionsOptions {
  /** Lower case; servers that share the cache call the same database the same. */
  readonly connection: string
  readonly cache: CacheClient
  readonly ttlMs: number
  /** How long a write whose outcome is not known may still take effect. */
  readonly graceMs: number
  /** Table or function -> tables that a write to it changes too; `*` is any, and all. */
  readonly invalidates: ReadonlyMap<string, readonly string[]>
  readonly patience: CachePatience
  /** Outlives a reload. */
  readonly unknown: UnknownVersions
}

/**
 * A random version for each table of a connection, in a cache that servers share, and the tags of reads under them: so
 * that If-None-Match is answered without the database. A read takes the version before it asks the database, a write
 * replaces it after its commit, and no version is ever set twice: rows that are older than a write can only be remembered
 * under a version that is in force no more. The cache may fail at any time; it costs a request 100 ms at most.
 */
export class TableVersions {
  private readonly invalidates: ReadonlyMap<string, readonly string[]>
  /** Beside its own version a read depends on the one of all tables, where something changes that. */
  private readonly shared: readonly string[]
  private healing = false

  constructor(private readonly options: TableVersionsOptions) {
    this.invalidates = new Map([...options.invalidates].map(([name, tables]) => [key(name), tables.map(key)]))
    this.shared = [...this.invalidates.values()].some((tables) => tables.includes(everything)) ? [everything] : []
  }

  /** What outlives a reload. */
  get unknown(): UnknownVersions {
    return this.options.unknown
  }

  /** @param identity of the request: all that its rows depend on. @returns undefined when the cache is of no use now */
  async recall(table: string, identity: string): Promise<Remembered | undefined> {
    const tables = [key(table), ...this.shared]
    if (this.unknown.has(tables)) return undefined
    return this.options.patience.run(async (options) => {
      const entryKey = `easyrest:tag:${identity}`
      const [entry, ...found] = await Promise.all(
        [entryKey, ...tables.map((name) => this.versionKey(name))].map((name) => this.get(name, options())),
      )
      // One that is missing is set before the rows are read, as every version is.
      const versions = await Promise.all(
        tables.map((name, index) => usable(found[index]) ?? this.renew(name, options())),
      )
      const version = versions.join('.')
      return {
        tag: tagUnder(version, entry),
        remember: (tag: string) => void this.remember(entryKey, `${version} ${tag}`),
      }
    })
  }

  /**
   * Gives new versions to what a write has changed; afterwards no server that can reach the cache answers from before it,
   * and this one does not even when it cannot. Never rejects.
   * @param outcome 'unknown': the write may have happened, or may yet
   */
  async changed(change: Change, outcome: 'done' | 'unknown'): Promise<void> {
    const tables = this.tablesOf(change)
    if (tables.length === 0) return
    const isSet = await this.renewAll(tables)
    if (outcome === 'unknown') this.unknown.add(tables, this.options.graceMs)
    else if (!isSet) this.unknown.add(tables, 0)
    this.heal()
  }

  /** Sets, on the side, new versions where that has failed before. */
  heal(): void {
    const tables = [...this.unknown.due().keys()].slice(0, healedAtOnce)
    if (this.healing || tables.length === 0) return
    this.healing = true
    void this.renewAll(tables).then(() => {
      this.healing = false
    })
  }

  private tablesOf(change: Change): string[] {
    const own = 'table' in change ? [key(change.table)] : []
    const name = key('table' in change ? change.table : change.function)
    return [...new Set([...own, ...(this.invalidates.get(name) ?? []), ...(this.invalidates.get(everything) ?? [])])]
  }

  private async renewAll(tables: readonly string[]): Promise<boolean> {
    const due = this.unknown.due()
    const set = await this.options.patience.run((options) =>
      Promise.all(tables.map((table) => this.renew(table, options()))),
    )
    if (set === undefined) return false
    this.unknown.settle(tables, due)
    return true
  }

  private async renew(table: string, options: CallOptions): Promise<string> {
    const version = randomBytes(16).toString('base64url')
    await this.options.cache.set({ key: this.versionKey(table), value: version, ttlMs: this.options.ttlMs }, options)
    return version
  }

  private async remember(entryKey: string, value: string): Promise<void> {
    const { cache, patience, ttlMs } = this.options
    await patience.run((options) => cache.set({ key: entryKey, value, ttlMs }, options()))
  }

  private async get(name: string, options: CallOptions): Promise<string | undefined> {
    return (await this.options.cache.get({ key: name }, options)).value
  }

  private versionKey(table: string): string {
    return `easyrest:version:${this.options.connection}:${table}`
  }
}

// Databases that compare names without regard to case have one table under many spellings.
const key = (name: string): string => name.toLowerCase()

const everything = '*'

const healedAtOnce = 16

/** A version as `renew` makes it: a cache may hold anything. */
const usable = (value: string | undefined): string | undefined =>
  value !== undefined && /^[A-Za-z0-9_-]{22}$/.test(value) ? value : undefined

const tagUnder = (version: string, entry: string | undefined): string | undefined => {
  const [kept, tag, ...rest] = entry?.split(' ') ?? []
  return kept === version && rest.length === 0 && tag !== undefined && tagForm.test(tag) ? tag : undefined
}

const tagForm = /^[A-Za-z0-9_-]{22,60}$/
