import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Call } from '@easyrest/plugin'
import { type ErrorMessage, fromErrorMessage, PluginError } from '@easyrest/protocol'
import type { ClientQuery, QueryRows } from './run-query.js'
import type { SqliteUri } from './sqlite-uri.js'

/** What a process says to a query. */
export type QueryReply =
  | { readonly answer: QueryRows; readonly error: undefined }
  | { readonly answer: undefined; readonly error: ErrorMessage }

/** A process for queries as the plugin sees it. It runs one at a time, and ends with one that nobody waits for. */
export class QueryProcess {
  private readonly child: ChildProcess

  constructor(location: SqliteUri) {
    this.child = fork(program, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    // It may be gone already when it is spoken to; the end of the process says so.
    this.child.on('error', () => {})
    this.child.send(location)
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.child.killed
  }

  /** Rejects with PluginError. */
  async run(query: ClientQuery, call: Pick<Call, 'signal'> | undefined): Promise<QueryRows> {
    this.keepsPluginAlive(true)
    const stop = () => this.kill()
    call?.signal.addEventListener('abort', stop)
    try {
      const { answer, error } = await this.reply(query)
      if (answer !== undefined) return answer
      throw fromErrorMessage(error)
    } catch (error) {
      throw call?.signal.aborted ? call.signal.reason : error
    } finally {
      call?.signal.removeEventListener('abort', stop)
      this.keepsPluginAlive(false)
    }
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  private reply(query: ClientQuery): Promise<QueryReply> {
    return new Promise((resolve, reject) => {
      const end = (_code: number | null, signal: NodeJS.Signals | null) => reject(endOf(signal))
      if (!this.isAlive) return end(null, null)
      this.child.once('exit', end)
      this.child.once('message', (reply) => {
        this.child.off('exit', end)
        resolve(reply as QueryReply)
      })
      this.child.send(query)
    })
  }

  private keepsPluginAlive(yes: boolean): void {
    const action = yes ? 'ref' : 'unref'
    this.child[action]()
    this.child.channel?.[action]()
  }
}

/** How a process ends itself that has taken more memory than a query may. */
export const tooMuchMemory = 'SIGUSR2'

const endOf = (signal: NodeJS.Signals | null): PluginError =>
  signal === tooMuchMemory
    ? new PluginError('too_large', 'the query needs more memory than it may have; let it read or sort less')
    : new PluginError('unavailable', 'the process that ran the query has ended')

const program = fileURLToPath(new URL('./query-program.js', import.meta.url))
