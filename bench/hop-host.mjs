// The hop without HTTP: this process is the host, hop-plugin.mjs the plugin.
// Arguments: the root of the build that is measured, and another plugin program.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answerParent } from './answer-parent.mjs'
import { cpuMicros } from './processes.mjs'
import { bytesOf25Rows, bytesOfOneRow } from './rows.mjs'

const [, , root, program = fileURLToPath(new URL('hop-plugin.mjs', import.meta.url))] = process.argv
const moduleOf = (name) => pathToFileURL(join(root, 'packages', name, 'dist', 'index.js')).href
const { openConnection } = await import(moduleOf('host'))
const { pluginService } = await import(moduleOf('protocol'))

const connections = { unary: await openUnary(), session: await open() }

answerParent(run, async () => {
  await Promise.all(Object.values(connections).map((connection) => connection.close(0)))
})

/** @param rows 1 or 25 */
async function run({ carrier, rows, inFlight, seconds }) {
  const connection = connections[carrier]
  const request = tableGet(rows)
  const pluginBefore = cpuMicros(connection.status.pid)
  const hostBefore = process.cpuUsage()
  const start = performance.now()
  const end = start + seconds * 1000
  let calls = 0
  const keepCalling = async () => {
    while (performance.now() < end) {
      const answer = await connection.db.tableGet(request)
      if (answer.rowCount !== rows) throw new Error(`expected ${rows} rows, got ${answer.rowCount}`)
      calls++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, keepCalling))
  const { user, system } = process.cpuUsage(hostBefore)
  return {
    calls,
    seconds: (performance.now() - start) / 1000,
    hostMicros: user + system,
    pluginMicros: cpuMicros(connection.status.pid) - pluginBefore,
  }
}

/** What a host does with a plugin that does not announce sessions, without a plugin that does not. */
async function openUnary() {
  const { GetInfo } = pluginService
  const { responseDeserialize } = GetInfo
  GetInfo.responseDeserialize = (bytes) => {
    const info = responseDeserialize(bytes)
    return { ...info, capabilities: info.capabilities.filter((capability) => capability !== 'session') }
  }
  try {
    const connection = await open()
    if (connection.can('session')) throw new Error('expected a connection without a session')
    return connection
  } finally {
    GetInfo.responseDeserialize = responseDeserialize
  }
}

async function open() {
  const settings = {
    name: 'bench',
    uri: 'bench://prepared',
    path: program,
    sha256: undefined,
    pluginDirs: [],
    servesTables: true,
    servesCache: false,
    env: { BENCH_SDK: moduleOf('plugin'), ...answerEnvironment(), ...profilerEnvironment() },
    envPass: [],
    limits: { timeoutMs: 30_000, startTimeoutMs: 10_000, inFlight: 1000, queue: 1000, waitMs: 1000 },
  }
  const connection = openConnection(settings, { besideDirs: [], hostVersion: '0.0.0', log: () => {} })
  await connection.ready()
  return connection
}

// For programs that cannot import rows.mjs.
function answerEnvironment() {
  return { BENCH_ONE_ROW: String(bytesOfOneRow), BENCH_25_ROWS: String(bytesOf25Rows) }
}

// A profile of the hop has two sides.
function profilerEnvironment() {
  const { BENCH_PROFILE, NODE_OPTIONS } = process.env
  return BENCH_PROFILE === undefined ? {} : { BENCH_PROFILE, NODE_OPTIONS }
}

/** A call as the server makes it for a small request: six columns, a condition, a ctx of 500 bytes. */
function tableGet(rows) {
  const columns = ['id', 'name', 'price', 'quantity', 'created', 'note']
  const operator = rows === 1 ? 'eq' : 'gt'
  return {
    context: { userId: 'bench', timezone: 'UTC', txEnd: 'commit', readOnly: true, ctx: ctx() },
    table: rows === 1 ? 'one' : 'many',
    select: columns.map((column) => ({ kind: 'column', alias: '', column, cast: '' })),
    where: { kind: 'comparison', column: 'id', operator, operands: ['5000'] },
    grouping: [],
    having: undefined,
    distinct: false,
    ordering: rows === 1 ? [] : [{ column: 'id', direction: 'asc', nulls: 'unspecified' }],
    page: { limit: rows, offset: 0 },
    count: 'unspecified',
    lastKeyColumns: [],
    expectSingle: false,
    maxReplyBytes: 0,
  }
}

function ctx() {
  const claims = { sub: 'bench', scope: 'read write', exp: 1_900_000_000 }
  const members = { timezone: 'UTC', claims, 'jwt.claims': claims, method: 'GET', path: '/api/bench/items/', query: '' }
  const text = JSON.stringify({ ...members, prefer: {}, headers: { 'user-agent': '' } })
  const filler = 'x'.repeat(500 - text.length)
  return Buffer.from(JSON.stringify({ ...members, prefer: {}, headers: { 'user-agent': filler } }))
}
