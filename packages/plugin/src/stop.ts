import type { Server } from '@grpc/grpc-js'
import type { Dispatch } from './dispatch.js'
import type { GoPluginServices } from './go-plugin-services.js'
import { log } from './log.js'
import type { Services } from './services.js'
import type { SessionDoor } from './session-door.js'

/** What has to end with the process. */
export interface Stoppable {
  readonly server: Server
  readonly dispatch: Dispatch
  readonly goPlugin: GoPluginServices
  readonly sessions: SessionDoor
  readonly services: Services
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

const stop = async ({ server, dispatch, goPlugin, sessions, services }: Stoppable): Promise<void> => {
  // The last replies leave on the next turns of the event loop, then the sessions may end.
  const idle = dispatch.stop().then(() => setTimeout(() => sessions.stop(), 5))
  goPlugin.stop()
  // Ends when the answers, the one to Shutdown among them, have left.
  const answered = new Promise((resolve) => server.tryShutdown(resolve))
  await atMost(inFlightMs, Promise.all([idle, answered]))
  // A thread that is still in native code would make exit() abort with a message; the end is the same.
  if (!(await atMost(closeMs, services.close()))) process.kill(process.pid, 'SIGKILL')
  process.exit(0)
}

// A host waits two seconds for the exit and then kills.
const inFlightMs = 1500

// Without a host nobody kills: a close that hangs must not keep the process.
const closeMs = 5000

/** False: it took longer. */
const atMost = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const inTime = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return inTime
}
