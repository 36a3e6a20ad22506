import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type TableCreateRequest, tableGetRequest } from '@easyrest/protocol'
import { CallError, type CallErrorKind } from './call-error.js'
import type { ConnectionLimits, ConnectionSettings } from './connection.js'
import type { Observation } from './observation.js'
import {
  type ConnectionDependencies,
  type ManagedConnection,
  type OwnConnection,
  openConnection,
} from './plugin-connection.js'

/** For the tests of this package: opens connections to the fixture plugins, and cleans up behind them. */
export interface Fixture {
  readonly connection: OwnConnection
  readonly observations: Observation[]
  /** A directory for marks, which the plugin finds in its variable MARKS. */
  readonly marks: string
  of<Kind extends Observation['kind']>(kind: Kind): Extract<Observation, { kind: Kind }>[]
  /** Closes the connection and says what is left of it. */
  finish(): Promise<{ processes: number[]; directories: string[] }>
}

export interface FixtureOptions extends Partial<Omit<ConnectionSettings, 'limits'>> {
  readonly evil?: string
  readonly limits?: Partial<ConnectionLimits>
  readonly environment?: ConnectionDependencies['environment']
  readonly callsFromElsewhere?: boolean
}

export const openFixture = ({
  evil,
  limits,
  environment,
  callsFromElsewhere,
  ...settings
}: FixtureOptions = {}): Fixture => {
  const observations: Observation[] = []
  const before = socketDirectories()
  const marks = mkdtempSync(join(tmpdir(), 'marks-'))
  const connection = openConnection(
    {
      name: 'shop',
      uri: 'fixture://user:swordfish@host/db',
      path: fixturePath(evil === undefined ? 'fixture-plugin.mjs' : 'evil-plugin.mjs'),
      sha256: undefined,
      pluginDirs: [],
      servesTables: true,
      servesCache: true,
      envPass: [],
      ...settings,
      env: { MARKS: marks, ...(evil === undefined ? {} : { EVIL: evil }), ...settings.env },
      limits: { timeoutMs: 5000, startTimeoutMs: 8000, inFlight: 64, queue: 256, waitMs: 5000, ...limits },
    },
    {
      besideDirs: [],
      hostVersion: '0.0.0',
      environment,
      callsFromElsewhere,
      log: (observation) => observations.push(observation),
    },
  )
  const of = <Kind extends Observation['kind']>(kind: Kind) =>
    observations.filter((observation): observation is Extract<Observation, { kind: Kind }> => observation.kind === kind)
  const finish = async () => {
    await connection.close(0)
    rmSync(marks, { recursive: true, force: true })
    return {
      processes: of('plugin-started')
        .map(({ pid }) => pid)
        .filter(isAlive),
      directories: [...socketDirectories()].filter((name) => !before.has(name)),
    }
  }
  return { connection, observations, marks, of, finish }
}

/** Closed at the end of the test. */
export const openFor = (t: TestContext, options?: FixtureOptions): Fixture => {
  const fixture = openFixture(options)
  t.after(fixture.finish)
  return fixture
}

export const openReady = async (t: TestContext, options?: FixtureOptions): Promise<Fixture> => {
  const fixture = openFor(t, options)
  await fixture.connection.ready()
  return fixture
}

export const nothingLeft = { processes: [], directories: [] }

export const fixturePath = (name: string): string =>
  fileURLToPath(new URL(`../../../test/support/plugins/${name}`, import.meta.url))

/** A zombie counts as alive: signal 0 reaches it. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Orphans belong to the init process, which may take its time. */
export const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export const until = async (condition: () => boolean, ms = 5000): Promise<void> => {
  const end = performance.now() + ms
  while (!condition()) {
    if (performance.now() > end) throw new Error(`expected ${condition} within ${ms} ms`)
    await delay(10)
  }
}

export const callErrorOf = async (promise: Promise<unknown>, kind: CallErrorKind): Promise<CallError> => {
  const error = await promise.then(
    () => assert.fail('expected a failure'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof CallError)) throw error
  assert.equal(error.kind, kind, error.message)
  return error
}

export const tableCreate = (table: string): TableCreateRequest => ({
  context: undefined,
  table,
  rows: Buffer.from('[{}]'),
  rowCount: 1,
  columns: [],
  missingDefault: false,
  conflict: undefined,
  returning: 'none',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  overwriteWhen: undefined,
})

export const pidOf = async (connection: ManagedConnection): Promise<number> => {
  const { rows } = await connection.db.tableGet(tableGetRequest('pid'))
  return (JSON.parse(Buffer.from(rows).toString()) as [{ pid: number }])[0].pid
}

// Socket directories of this process only: other tests run at the same time.
const runtimeDirectory = mkdtempSync(join(tmpdir(), 'rt-'))
process.env.XDG_RUNTIME_DIR = runtimeDirectory
process.once('exit', () => rmSync(runtimeDirectory, { recursive: true, force: true }))

const socketDirectories = (): Set<string> =>
  new Set(readdirSync(runtimeDirectory).filter((name) => name.startsWith('er-')))
