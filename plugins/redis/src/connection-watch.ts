import { log } from '@easyrest/plugin'
import type { RedisClient } from './create-client.js'

/** What happens to a connection: the problem behind a failure, and for the log, once, that it is lost and that it is back. */
export class ConnectionWatch {
  /** The driver's own error. */
  lastProblem: Error | undefined
  private isLogging = false
  private isLost = false

  constructor(client: RedisClient) {
    const note = (error: Error): void => this.note(error)
    for (const event of ['error', 'node error', 'sentinelError']) client.on(event, note)
    client.on('close', () => this.lose())
    client.on('ready', () => this.regain())
  }

  /** After the first success: before it a problem is the answer to the call. */
  beginToLog(): void {
    this.lastProblem = undefined
    this.isLogging = true
  }

  private note(error: Error): void {
    // What is said about the consequence is not to hide the cause.
    if (this.lastProblem === undefined || !consequences.test(error.message)) this.lastProblem = error
  }

  private lose(): void {
    if (!this.isLogging || this.isLost) return
    this.isLost = true
    log.warn('the connection to Redis is lost; connecting again until it is back', {
      problem: this.lastProblem?.message,
    })
  }

  private regain(): void {
    if (!this.isLost) return
    this.isLost = false
    this.lastProblem = undefined
    log.info('the connection to Redis is back')
  }
}

const consequences =
  /^(Connection is closed|Failed to refresh slots cache|All sentinels are unreachable|None of startup)/
