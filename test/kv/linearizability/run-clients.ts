import type { Operation } from './operation.js'
import type { Found, Outcome, StoreClient } from './store-client.js'

export interface Workload {
  readonly clients: readonly StoreClient[]
  readonly operations: number
  readonly keys: number
}

/**
 * Lets every client do so many operations of every kind, one after the other, all at once. Half of them concern ten keys, the
 * others any. Answers the history of each key.
 */
export const runClients = async ({
  clients,
  operations,
  keys,
}: Workload): Promise<ReadonlyMap<string, Operation[]>> => {
  const histories = new Map<string, Operation[]>()
  await Promise.all(
    clients.map(async (client, index) => {
      const seen = new Map<string, Found>()
      for (let count = 0; count < operations; count++) {
        const key = `h/${Math.floor(Math.random() * (Math.random() < 0.5 ? 10 : keys))}`
        const operation = await run(client, key, `${index}-${count}`, seen)
        if (operation !== undefined) histories.set(key, [...(histories.get(key) ?? []), operation])
      }
    }),
  )
  return histories
}

const run = async (
  client: StoreClient,
  key: string,
  value: string,
  seen: Map<string, Found>,
): Promise<Operation | undefined> => {
  const invoked = performance.now()
  const end = <T>(outcome: Outcome<T>, said: (answer: T) => Partial<Operation>, written: Partial<Operation>) => {
    // What was refused did not happen, and what was not read says nothing.
    if (outcome === 'refused') return undefined
    const completed = outcome === 'unknown' ? Number.POSITIVE_INFINITY : performance.now()
    return { key, invoked, completed, ...written, ...(outcome === 'unknown' ? {} : said(outcome.answer)) } as Operation
  }
  const done = (answer: boolean) => ({ done: answer })
  const known = seen.get(key)
  const choice = Math.random()
  if (choice < 0.4) {
    const outcome = await client.get(key)
    if (outcome === 'unknown') return undefined
    if (outcome !== 'refused') remember(seen, key, outcome.answer)
    return end(outcome, (found) => ({ found: found?.value }), { kind: 'get' })
  }
  if (choice < 0.6) return end(await client.put(key, value), done, { kind: 'put', value })
  if (choice < 0.7) return end(await client.create(key, value), done, { kind: 'create', value })
  if (choice < 0.8 || known === undefined) return end(await client.delete(key), done, { kind: 'delete' })
  return end(await client.cas(key, known.revision, value), done, { kind: 'cas', value, seen: known.value })
}

const remember = (seen: Map<string, Found>, key: string, found: Found | undefined): void => {
  if (found === undefined) seen.delete(key)
  else seen.set(key, found)
}
