import assert from 'node:assert/strict'
import { type AttackResult, attack } from './attack.js'
import type { Position } from './position.js'
import type { Dump, RecordedServer } from './recorded-server.js'
import { templateOf } from './template-of.js'

/** What an attack must not be able to do: statements of its own, faults in answers, and changes nobody asked for. */
export interface Verdict {
  readonly sent: number
  readonly statements: readonly string[]
  readonly faults: readonly string[]
  readonly changes: readonly string[]
}

/**
 * Learns the statements that harmless texts in these positions lead to, then puts the others there. Every statement that the
 * database was told must be one of those.
 */
export async function judge(
  recorded: RecordedServer,
  positions: readonly Position[],
  texts: readonly string[],
): Promise<Verdict> {
  // What is asked here is in the record too.
  await recorded.reset()
  await recorded.dump()
  for (const position of positions) await attack(recorded.server, position, harmless)
  const templates = new Set((await recorded.statements()).map(templateOf))
  const faults: string[] = []
  const changes: string[] = []
  let sent = 0
  for (const position of positions) {
    await recorded.reset()
    const before = await recorded.dump()
    const result = await attack(recorded.server, position, texts)
    sent += result.sent
    faults.push(...result.faults)
    const change = changeOf(position, before, await recorded.dump(), result)
    if (change !== undefined) changes.push(`${position.name}: ${change}`)
  }
  const statements = (await recorded.statements()).map(templateOf).filter((template) => !templates.has(template))
  return { sent, statements: [...new Set(statements)], faults, changes }
}

function changeOf(position: Position, before: Dump, after: Dump, { accepted }: AttackResult): string | undefined {
  try {
    assert.deepEqual(after.rest, before.rest, 'another table')
    const old = new Set(before.users.map(({ id }) => id))
    const added = after.users.filter(({ id }) => !old.has(id)).map(({ name }) => name)
    assert.deepEqual(
      added.sort(),
      position.effect === 'row' ? [...accepted].sort() : [],
      'other rows than were accepted',
    )
    const kept = after.users.filter(({ id }) => old.has(id))
    const compared = position.effect === 'first row' ? 1 : 0
    assert.deepEqual(kept.slice(compared), before.users.slice(compared), 'rows of the beginning')
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** One of everything that means something in some position. */
const harmless = [
  ...['', 'a b', 'x\ny', 'x\u0000y', 'x\u0000y,z', 'ÄÖ%', '"x"', '(id.eq.1)', '(id.eq.1,name.eq.x)', '[{"name":"x"}]'],
  ...`plain a,b a,b,c x% 1 -1 1.5 1e2 true false null not_null unknown 2024-01-02 AAEC [] {} {"name":"x"} UTC 0-1 1- items
    name id -id name,id id,name update_field users kinds user_names count sum min max avg distinct limit offset select
    text integer bigint numeric double boolean date timestamp asc desc asc.nullsfirst desc.nullslast
    eq neq lt lte gt gte like ilike is in between isdistinct not.eq or and rollback commit count=exact return=minimal
    json csv ndjson xml form object text/csv application/json */*`.split(/\s+/),
]
