import { setTimeout as sleep } from 'node:timers/promises'
import type { ServedDatabase } from './served-database.js'

/** A table for the load: what was written twice is there twice. */
export const writesTable = 'CREATE TABLE writes (n INTEGER NOT NULL);'

/** What became of the requests of a load. */
export interface WriteHistory {
  /** The numbers of writes by status; 0: no answer at all. */
  readonly writes: ReadonlyMap<number, readonly number[]>
  readonly reads: ReadonlyMap<number, number>
  /** Milliseconds from a moment to the end of the first acknowledged write that began after it; undefined: none yet. */
  firstAfter(moment: number): number | undefined
}

export interface WriteLoad extends WriteHistory {
  /** Resolves when every request has its answer. */
  stop(): Promise<void>
}

/** Clients of which each writes a number that no other writes, reads, and goes on. */
export function startWriteLoad({ statusOf }: ServedDatabase, clients = 8): WriteLoad {
  const writes = new Map<number, number[]>()
  const reads = new Map<number, number>()
  const acknowledged: { began: number; ended: number }[] = []
  let [isOver, last] = [false, 0]

  const write = async (): Promise<void> => {
    const n = ++last
    const began = performance.now()
    const status = await statusOf('/api/d/writes/', { method: 'POST', body: [{ n }], prefer: 'return=minimal' })
    writes.set(status, [...(writes.get(status) ?? []), n])
    if (status === 201) acknowledged.push({ began, ended: performance.now() })
  }
  const read = async (): Promise<void> => {
    const status = await statusOf('/api/d/writes/?where.eq.n=1')
    reads.set(status, (reads.get(status) ?? 0) + 1)
  }
  const client = async (): Promise<void> => {
    while (!isOver) {
      await write()
      await read()
      await sleep(2)
    }
  }
  const running = Array.from({ length: clients }, client)
  return {
    writes,
    reads,
    firstAfter: (moment) => {
      const first = acknowledged.find(({ began }) => began > moment)
      return first && Math.round(first.ended - moment)
    },
    stop: async () => {
      isOver = true
      await Promise.all(running)
    },
  }
}

/** What the history says against what the database holds. */
export interface WriteVerdict {
  /** Acknowledged with 201, and not there. */
  readonly lost: readonly number[]
  readonly twice: readonly number[]
  /** Refused with something other than 502 and 504, after which nobody knows, and there all the same. */
  readonly untrue: readonly number[]
}

export async function judgeWrites({ writes }: WriteHistory, { database }: ServedDatabase): Promise<WriteVerdict> {
  const rows = await database.sql('SELECT n, count(*) AS times FROM writes GROUP BY n')
  const times = new Map(rows.map((row) => [Number(row.n), Number(row.times)]))
  const refused = [...writes]
    .filter(([status]) => ![201, 502, 504, 0].includes(status))
    .flatMap(([, numbers]) => numbers)
  return {
    lost: (writes.get(201) ?? []).filter((n) => !times.has(n)),
    twice: [...times].filter(([, count]) => count > 1).map(([n]) => n),
    untrue: refused.filter((n) => times.has(n)),
  }
}

export const countsOf = ({ writes, reads }: WriteHistory): string => {
  const written = [...writes].map(([status, numbers]) => `${status}: ${numbers.length}`)
  return `writes ${written.join(', ')}; reads ${[...reads].map(([status, count]) => `${status}: ${count}`).join(', ')}`
}
