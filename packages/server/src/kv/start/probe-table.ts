import { randomUUID } from 'node:crypto'
import { PluginError, type RequestContext } from '@easyrest/protocol'
import { forever } from '../documents/document.js'
import type { DocumentRow } from '../documents/row.js'
import { prefixRange } from '../keys/key-range.js'
import { every, hasRevision, isInRange, isKey, isOneOf } from '../store/conditions.js'
import { createRequest, operationOf, updateRequest } from '../store/kv-requests.js'
import type { KvTable } from '../store/kv-table.js'
import type { KvFeatures } from './kv-features.js'

/** The table does not do what documents need, so there is no key/value API. */
export class UnfitTable extends Error {
  override readonly name = 'UnfitTable'
}

/**
 * Tries on rows of its own, which it removes, whether the plugin keeps what the store relies on. Answers what of
 * `declared` holds. Throws UnfitTable, and what calls throw.
 */
export const probeTable = async (
  table: KvTable,
  context: RequestContext,
  declared: KvFeatures,
): Promise<KvFeatures> => {
  // No realm begins with a dot, and no two probes share a row.
  const probe = new Probe(table, context, `.probe/${randomUUID()}/`)
  try {
    await probe.uniqueness()
    await probe.conditionalCounts()
    await probe.fidelity()
    await probe.order()
    await probe.wholeBatches()
    return await probe.features(declared)
  } finally {
    await probe.remove().catch(() => {})
  }
}

class Probe {
  constructor(
    private readonly table: KvTable,
    private readonly context: RequestContext,
    private readonly prefix: string,
  ) {}

  async uniqueness(): Promise<void> {
    await this.table.insert(this.context, [this.row('one')])
    require(await this.isRefused([this.row('one')]), 'a second row with the same pk is not refused as unique')
    await this.table.insert(this.context, [this.row('ONE')]).catch(refuseCollation)
  }

  async conditionalCounts(): Promise<void> {
    const update = (held: string, rev: string): Promise<number> =>
      this.table.update(this.context, every(this.is('one'), hasRevision([held])), { rev })
    require((await update('r-wrong', 'r1')) === 0, 'an update whose condition does not hold counts a row')
    require((await update('r0', 'r1')) === 1, 'an update whose condition holds does not count its row')
    require((await update('r1', 'r1')) === 1, 'an update that changes no value does not count its row')
    require((await update('r0', 'r2')) === 0, 'an update was not kept')
  }

  async fidelity(): Promise<void> {
    for (const [index, value] of oddTexts.entries()) {
      const row = { ...this.row(`text${index}`), attrs: `j:${value.slice(0, 1000)}`, value: `u:${value}` }
      await this.table.insert(this.context, [row])
      const [found] = await this.table.select(this.context, this.is(`text${index}`))
      const holds = found?.value === row.value && found.attrs === row.attrs && Number(found.live_until) === forever
      require(holds, `a text does not come back as it was: ${JSON.stringify(value.slice(0, 20))}`)
    }
  }

  async order(): Promise<void> {
    const keys = ['c/a', 'c/B', 'c-d/x', 'c0', 'C/a', 'ca/x', 'c/%C3%A9', 'c/~']
    await this.table
      .insert(
        this.context,
        keys.map((key) => this.row(key)),
      )
      .catch(refuseCollation)
    const found = await this.keys(isInRange(prefixRange(`${this.prefix}c/`)), 'ascending')
    require(found.join(' ') === 'c/%C3%A9 c/B c/a c/~', `pk is not compared byte by byte (${found.join(' ')})`)
    const last = await this.keys(isInRange(prefixRange(`${this.prefix}c`)), 'descending', 2)
    require(last.join(' ') === 'ca/x c0', 'order and limit of a range do not hold')
    const some = await this.keys(isOneOf(['c0', 'C/a', 'none'].map((key) => this.prefix + key)), 'ascending')
    require(some.join(' ') === 'C/a c0', 'a list of keys does not find its rows')
  }

  async wholeBatches(): Promise<void> {
    require(await this.isRefused([this.row('new'), this.row('one')]), 'a batch with an existing pk is not refused')
    const found = await this.table.select(this.context, this.is('new'))
    require(found.length === 0, 'a batch that was refused has left a row')
  }

  async features(declared: KvFeatures): Promise<KvFeatures> {
    const dry = { ...this.context, txEnd: 'rollback' as const }
    await this.table.update(dry, this.is('one'), { rev: 'r-dry' })
    const rollback = (await this.table.select(this.context, this.is('one')))[0]?.rev === 'r1'
    const batch = declared.batch && (await this.batches())
    const upsert = declared.upsert && (await this.upserts())
    return { ...declared, upsert, overwriteWhen: upsert && declared.overwriteWhen, batch: upsert && batch, rollback }
  }

  async remove(): Promise<void> {
    await this.table.remove(this.context, isInRange(prefixRange(this.prefix)))
  }

  private async upserts(): Promise<boolean> {
    await this.table.upsert(this.context, [{ ...this.row('one'), rev: 'r9' }, this.row('two')])
    const rows = await this.table.select(this.context, isOneOf([`${this.prefix}one`, `${this.prefix}two`]), {
      order: 'ascending',
    })
    return rows.map(({ rev }) => rev).join(' ') === 'r9 r0'
  }

  /** Whether a batch in which one count is wrong leaves nothing. */
  private async batches(): Promise<boolean> {
    const wrong = every(this.is('one'), hasRevision(['r-wrong']))
    const operations = [
      operationOf({ create: createRequest(this.context, [this.row('batched')]) }),
      operationOf({ update: updateRequest(this.context, wrong, { rev: 'r-batch' }), expectAffected: 1 }),
    ]
    const outcome = await this.table.batch(this.context, operations).catch((error: unknown) => error)
    const found = await this.table.select(this.context, this.is('batched'))
    return outcome instanceof PluginError && outcome.reason === 'precondition' && found.length === 0
  }

  private async isRefused(rows: readonly DocumentRow[]): Promise<boolean> {
    try {
      await this.table.insert(this.context, rows)
      return false
    } catch (error) {
      if (error instanceof PluginError && error.reason === 'unique') return true
      throw error
    }
  }

  private async keys(
    where: Parameters<KvTable['select']>[1],
    order: 'ascending' | 'descending',
    limit = 100,
  ): Promise<string[]> {
    const rows = await this.table.select(this.context, where, { columns: ['pk'], order, limit })
    return rows.map(({ pk }) => pk.slice(this.prefix.length))
  }

  private is(key: string) {
    return isKey(this.prefix + key)
  }

  private row(key: string): DocumentRow {
    return { pk: this.prefix + key, rev: 'r0', live_until: forever, collection: '', attrs: 'j:{}', value: 'u:' }
  }
}

const require = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new UnfitTable(otherwise)
}

const refuseCollation = (error: unknown): never => {
  if (error instanceof PluginError && error.reason === 'unique') {
    throw new UnfitTable('pk is not compared byte by byte: two keys that differ in case count as one')
  }
  throw error
}

const oddTexts: readonly string[] = [
  ...['', '1', 'true', 'null', '007', '{"a":1}', ' leading and trailing ', 'quotes \' " ` \\ %_;--', '\u0001\t\r\n'],
  '\u00e9 e\u0301 \uff5e \u{1f600}',
  'x'.repeat(65_536),
]
