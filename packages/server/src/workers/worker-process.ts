import cluster, { type Worker as Child } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Answers, Refusal, ToMain, ToWorker } from './messages.js'
import { returnConnections } from './return-connections.js'
import { workerVariable } from './worker-variable.js'

export interface WorkerExit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

/** What the main process hears from a worker besides answers. */
export interface WorkerListener {
  readonly onComplaint: (message: Extract<ToMain, { kind: 'complaint' }>) => void
  readonly onDrained: (generation: number) => void
}

/** One worker process. It runs once and is never reused. */
export class WorkerProcess {
  readonly pid: number
  readonly exited: Promise<WorkerExit>
  /** It is ready for its first snapshot. */
  readonly greeted: Promise<void>
  /** The address where it serves; rejects when it cannot have the socket. */
  readonly serving: Promise<string>
  isServing = false
  /** It was asked to end. */
  stopping = false
  hasExited = false
  private lastAsk = 0
  private readonly asked = new Map<number, (answer: unknown) => void>()
  private readonly preparing = new Map<number, (refusal: Refusal | undefined) => void>()
  private readonly child: Child

  /** @param index from 0; its log lines say which it is, counted from 1 */
  constructor(
    index: number,
    private readonly listener: WorkerListener,
  ) {
    this.child = fork(index)
    returnConnections(this.child)
    this.pid = this.child.process.pid ?? 0
    // A process that the system refused has no exit.
    const exit = this.pid === 0 ? Promise.resolve([undefined, undefined]) : once(this.child, 'exit')
    this.exited = exit.then(([code, signal]) => {
      this.hasExited = true
      this.isServing = false
      for (const settle of [...this.preparing.values(), ...this.asked.values()]) settle(undefined)
      return { code: code ?? undefined, signal: signal ?? undefined }
    })
    this.greeted = new Promise((resolve) => {
      this.onHello = resolve
    })
    this.serving = new Promise((resolve, reject) => {
      this.onServing = resolve
      this.onFailed = reject
    })
    this.serving.catch(() => {})
    this.child.on('message', (message: ToMain) => this.receive(message))
    // Sending to one that has just ended fails; its exit says so.
    this.child.on('error', () => {})
  }

  send(message: ToWorker): void {
    if (this.child.isConnected()) this.child.send(message, () => {})
  }

  /** undefined: it is prepared, or it has ended, and then it holds up nobody. */
  prepare(message: Extract<ToWorker, { kind: 'prepare' }>): Promise<Refusal | undefined> {
    if (this.hasExited) return Promise.resolve(undefined)
    const { generation } = message.snapshot
    return new Promise((resolve) => {
      this.preparing.set(generation, (refusal) => {
        this.preparing.delete(generation)
        resolve(refusal)
      })
      this.send(message)
    })
  }

  /** undefined: it does not answer in time, or has ended. */
  async ask<What extends keyof Answers>(what: What, timeoutMs: number): Promise<Answers[What] | undefined> {
    if (!this.isServing) return undefined
    const id = ++this.lastAsk
    const timer = new AbortController()
    const answer = new Promise((resolve) => this.asked.set(id, resolve))
    this.send({ kind: 'ask', id, what })
    const late = delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined)
    try {
      return (await Promise.race([answer, late])) as Answers[What] | undefined
    } finally {
      timer.abort()
      this.asked.delete(id)
    }
  }

  /** Lets it finish what is in flight; ends it when it does not end itself. */
  async stop(drainMs: number): Promise<void> {
    this.stopping = true
    this.send({ kind: 'stop', drainMs })
    const timer = new AbortController()
    const late = delay(drainMs + marginMs, undefined, { signal: timer.signal }).then(
      () => this.kill(),
      () => {},
    )
    await this.exited
    timer.abort()
    await late
  }

  kill(): void {
    this.child.process.kill('SIGKILL')
  }

  private receive(message: ToMain): void {
    switch (message.kind) {
      case 'hello':
        return this.onHello()
      case 'serving':
        this.isServing = true
        return this.onServing(message.address)
      case 'failed':
        return this.onFailed(new Error(message.reason))
      case 'prepared':
        return this.preparing.get(message.generation)?.(undefined)
      case 'refused':
        return this.preparing.get(message.generation)?.(message)
      case 'drained':
        return this.listener.onDrained(message.generation)
      case 'complaint':
        return this.listener.onComplaint(message)
      case 'answer':
        return this.asked.get(message.id)?.(message.answer)
    }
  }

  private onHello!: () => void
  private onServing!: (address: string) => void
  private onFailed!: (error: Error) => void
}

const fork = (index: number): Child => {
  cluster.setupPrimary({ exec: program, args: [], serialization: 'advanced' })
  // What the main process has in its environment may be secrets; what a worker needs of them comes over the pipe.
  const hidden = Object.keys(process.env).filter((name) => !passed.test(name))
  const env = Object.fromEntries(hidden.map((name) => [name, undefined]))
  return cluster.fork({ ...env, [workerVariable]: index + 1 })
}

const program = fileURLToPath(new URL('../../bin/easyrest-worker.js', import.meta.url))
const passed = /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|NODE_.*|EASYREST_LOG_LEVEL|SSL_CERT_.*)$/

const marginMs = 2000
