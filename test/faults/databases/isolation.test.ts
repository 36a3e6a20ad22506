import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { fixtureProgram } from '../../support/fixture-program.js'
import { whyNoFaults } from '../../support/servers/why-no-server.js'
import { temporaryDirectory } from '../../support/temporary-directory.js'
import type { Claims } from '../../support/token.js'
import { type ServedDatabase, serveDatabase } from './served-database.js'
import { type TestedDatabase, testedDatabases } from './tested-database.js'
import { writesTable } from './write-load.js'

/** Someone who asks, and what the database is to know of them. */
interface Caller {
  readonly claims: Claims
  readonly timezone?: { readonly name: string; readonly offset: string }
}

/** Who says less comes after who says more. */
const callers: readonly Caller[] = [
  {
    claims: { sub: 'alice', tenant: 'north', role: 'er_alice' },
    timezone: { name: 'Asia/Kolkata', offset: '+05:30' },
  },
  { claims: {} },
  { claims: { sub: 'bob', role: 'er_bob' }, timezone: { name: 'Asia/Tokyo', offset: '+09:00' } },
  { claims: { tenant: 'south' } },
]

const rounds = forRun(12, 200)

for (const tested of testedDatabases) {
  describe(`Callers who share one connection: ${tested.kind}`, {
    timeout: 280_000,
    skip: whyNoFaults(tested.kind),
  }, () => {
    it('never see anything of each other', async (t) => {
      const served = await serve(tested)
      t.after(() => served.stop())
      const { mixed, connections } = await askInTurn(served, tested)
      assert.deepEqual(mixed, [])
      assert.equal(connections.size, 1, 'control: they share one connection')
    })

    it('nor when requests before them fail, are rolled back, or are cut off', async (t) => {
      const served = await serve(tested)
      t.after(() => served.stop())
      const { mixed } = await askInTurn(served, tested, (round) => disturb(served, round))
      assert.deepEqual(mixed, [])
    })

    it('would be found out if they did (control)', async (t) => {
      const directory = await temporaryDirectory()
      const served = await serve(tested, await fixtureProgram('naive-session-plugin', directory))
      t.after(() => served.stop().finally(() => directory.remove()))
      const { mixed } = await askInTurn(served, tested)
      const seen = mixed.filter((text) => /^expected \|\|.*, got (alice|bob)\|/.test(text))
      assert.ok(seen.length > 0, mixed.slice(0, 5).join('\n'))
    })
  })
}

async function serve(tested: TestedDatabase, program?: string): Promise<ServedDatabase> {
  const served = await serveDatabase(tested, {
    schema: `${writesTable} ${tested.nap} ${tested.whoami}`,
    uriOptions: tested.pool(1),
    ...(program !== undefined && { program }),
  })
  if (!tested.hasRoles) return served
  for (const role of ['er_alice', 'er_bob']) await served.server.sql(`CREATE ROLE ${role}; GRANT ${role} TO easyrest`)
  return served
}

/** All callers at once, again and again. */
async function askInTurn(
  { ask }: ServedDatabase,
  tested: TestedDatabase,
  between: (round: number) => Promise<unknown> = async () => {},
): Promise<{ mixed: string[]; connections: ReadonlySet<string> }> {
  const mixed: string[] = []
  const connections = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const disturbance = between(round)
    const answers = callers.map(({ claims, timezone }) => {
      const prefer = timezone === undefined ? {} : { prefer: `timezone=${timezone.name}` }
      return ask('/api/d/rpc/whoami/', { method: 'POST', body: {}, claims, ...prefer })
    })
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      assert.equal(answer.status, 200, answer.text())
      const [connection = '', ...seen] = String(answer.json()).split('|')
      connections.add(connection)
      const expected = expectedOf(callers[index]!, tested)
      if (seen.join('|') !== expected) mixed.push(`expected ${expected}, got ${seen.join('|')}`)
    }
    await disturbance
  }
  return { mixed, connections }
}

function expectedOf({ claims, timezone }: Caller, { hasRoles, timezone: told }: TestedDatabase): string {
  const { sub = '', tenant = '', role } = claims
  const zone = timezone === undefined ? told('UTC', '+00:00') : told(timezone.name, timezone.offset)
  return [sub, tenant, zone, hasRoles && role !== undefined ? role : 'easyrest'].join('|')
}

/** A request of Alice that does not end as it should. */
async function disturb({ ask, statusOf }: ServedDatabase, round: number): Promise<void> {
  const { claims } = callers[0]!
  const write = { method: 'POST', claims, prefer: 'timezone=Asia/Kolkata' }
  if (round % 4 === 0) await ask('/api/d/writes/', { ...write, body: [{ n: null }] })
  if (round % 4 === 1) await ask('/api/d/writes/', { ...write, body: [{ n: 1 }], prefer: 'tx=rollback' })
  if (round % 4 === 2) await ask('/api/d/rpc/whoami/', { ...write, body: { nobody: 1 } })
  if (round % 4 === 3) {
    const status = await statusOf('/api/d/rpc/nap/', { ...write, body: { seconds: 5 }, timeoutMs: 50 })
    assert.equal(status, 0, 'control: it was cut off')
  }
}
