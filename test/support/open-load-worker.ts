import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { LoadOptions, LoadResult } from './open-load.js'

// The thread of openLoad: as little work per request as finding the end of an answer takes.

const { origin, target, headers = [], perSecond, seconds, maxConnections = 200 } = workerData as LoadOptions
const { hostname, port } = new URL(origin)
const lines = [
  `GET ${target} HTTP/1.1`,
  `Host: ${hostname}:${port}`,
  ...headers.map(([name, value]) => `${name}: ${value}`),
]
const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)

const idle: Connection[] = []
const all = new Set<Connection>()
const statuses: Record<number, number> = {}
const latencies: number[] = []
let [sent, notSent, failed] = [0, 0, 0]
let firstFailure: string | undefined

class Connection {
  private readonly socket: Socket
  private due = 0
  private isBusy = false
  private head = ''
  private missing = 0

  constructor() {
    all.add(this)
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.socket.on('data', (bytes) => this.read(bytes))
    this.socket.on('error', (error) => this.end(error.message))
    this.socket.on('close', () => this.end('the connection was closed'))
  }

  send(due: number): void {
    this.due = due
    this.isBusy = true
    this.head = ''
    this.socket.write(request)
  }

  close(): void {
    this.socket.destroy()
  }

  private read(bytes: Buffer): void {
    if (this.missing > 0) this.missing -= bytes.length
    else this.readHead(bytes.toString('latin1'))
    if (this.missing === 0 && this.head !== '' && this.isBusy) this.done()
  }

  private readHead(text: string): void {
    const head = this.head + text
    this.head = ''
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) {
      this.head = head
      this.missing = 0
      return
    }
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    this.missing = length - (head.length - end - 4)
    this.head = head.slice(0, end)
  }

  private done(): void {
    if (!this.head.startsWith('HTTP/1.1 ')) return
    const status = Number(this.head.slice(9, 12))
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status === 200) latencies.push(performance.now() - this.due)
    this.isBusy = false
    idle.push(this)
  }

  private end(reason: string): void {
    if (!all.delete(this)) return
    const index = idle.indexOf(this)
    if (index >= 0) idle.splice(index, 1)
    if (!this.isBusy) return
    this.isBusy = false
    failed++
    firstFailure ??= reason
  }
}

async function run(): Promise<LoadResult> {
  const started = performance.now()
  for (let due = 0; due < perSecond * seconds; ) {
    const now = performance.now() - started
    for (; due < perSecond * seconds && due * (1000 / perSecond) <= now; due++)
      offer(started + due * (1000 / perSecond))
    await sleep(1)
  }
  for (let waited = 0; waited < 500 && idle.length < all.size; waited++) await sleep(10)
  for (const connection of all) connection.close()
  return { sent, notSent, statuses, failed: failed + (all.size - idle.length), firstFailure, latency: percentiles() }
}

function offer(due: number): void {
  const connection = idle.pop() ?? (all.size < maxConnections ? new Connection() : undefined)
  if (connection === undefined) {
    notSent++
    return
  }
  sent++
  connection.send(due)
}

function percentiles(): LoadResult['latency'] {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

parentPort!.postMessage(await run())
