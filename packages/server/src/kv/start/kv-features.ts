import type { ManagedConnection } from '@easyrest/host'

/** What the plugin of a store can beyond the four calls, as it says and as the probe has found it. */
export interface KvFeatures {
  /** Writes over what exists in one call; without it a PUT takes several, and there is no batch. */
  readonly upsert: boolean
  /** Lets some of the existing rows stay. */
  readonly overwriteWhen: boolean
  readonly count: boolean
  /** Several writes with conditions at once; without it a transaction is what one call can be. */
  readonly batch: boolean
  /** A rolled back write changes nothing; without it there is no dry run. */
  readonly rollback: boolean
}

export const declaredFeatures = (connection: ManagedConnection): KvFeatures => ({
  upsert: connection.can('upsert'),
  overwriteWhen: connection.can('upsert') && connection.can('precondition'),
  count: connection.can('count'),
  batch: connection.can('batch') && connection.can('upsert') && connection.can('precondition'),
  rollback: true,
})

/** For the log: what falls back, and to what. */
export const describeFallbacks = ({ upsert, overwriteWhen, count, batch, rollback }: KvFeatures): string[] => [
  ...(upsert ? [] : ['no upsert: a write takes several calls, and batch and txn answer 501']),
  ...(upsert && !overwriteWhen ? ['no precondition: a batch cannot leave existing documents alone'] : []),
  ...(count ? [] : ['no count: keys are read to be counted']),
  ...(batch ? [] : ['no batch: conditions on several writes at once answer 501']),
  ...(rollback ? [] : ['a rollback is not kept: Prefer: tx=rollback answers 501']),
]
