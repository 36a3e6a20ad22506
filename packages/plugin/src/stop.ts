import type { Server } from '@grpc/grpc-js'
import type { Dispatch } from './dispatch.js'
import type { GoPluginServices } from './go-plugin-services.js'
import { log } from './log.js'
import type { ServeOptions } from './serve.js'
import type { SessionDoor } from './session-door.js'

/** What has to end with the process. */
export interface Stoppable {
  readonly server: Server
  readonly dispatch: Dispatch
  readonly goPlugin: GoPluginServices
  readonly sessions: SessionDoor
  readonly options: ServeOptions
}

/** A function that stops the process gently, once: calls in flight finish, the plugin closes, exit status 0. */
export const stopper = (parts: Stoppable): ((reason: string) => void) => {
  let stopping = false
  return (reason) => {
    if (stopping) return
    stopping = true
    log.debug(`stopping: ${reason}`)
    void stop(parts)
  }
}

const stop = async ({ server, dispatch, goPlugin, sessions, options }: Stoppable): Promise<void> => {
  // The last replies leave on the next turns of the event loop, then the sessions may end.
  const idle = dispatch.stop().then(() => setTimeout(() => sessions.stop(), 5))
  goPlugin.stop()
  // Ends when the answers, the one to Shutdown among them, have left.
  const answered = new Promise((resolve) => server.tryShutdown(resolve))
  await atMost(inFlightMs, Promise.all([idle, answered]))
  await atMost(closeMs, Promise.all([close('db', options.db), close('cache', options.cache)]))
  process.exit(0)
}

// A host waits two seconds for the exit and then kills.
const inFlightMs = 1500

// Without a host nobody kills: a close that hangs must not keep the process.
const closeMs = 5000

const close = async (role: string, plugin: { close?(): Promise<void> } | undefined): Promise<void> => {
  try {
    await plugin?.close?.()
  } catch (error) {
    log.error(`close of ${role} failed`, { error: error instanceof Error ? error.stack : String(error) })
  }
}

const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
