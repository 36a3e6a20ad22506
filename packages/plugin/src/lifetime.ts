import { lifelineVariable } from '@easyrest/protocol'
import { log } from './log.js'

/**
 * Ties the process to its host: signals that are meant for the host's terminal or the host's reload do not touch it,
 * SIGTERM stops it, and so does the end of the host.
 */
export const watchHost = (stop: (reason: string) => void): void => {
  // Ctrl-C and a closed terminal reach the whole process group; the host decides what becomes of its plugins.
  process.on('SIGINT', ignore)
  if (process.platform !== 'win32') process.on('SIGHUP', ignore)
  process.on('SIGTERM', () => stop('SIGTERM'))
  if (process.env[lifelineVariable] === '1') watchStdin(stop)
  else if (process.platform !== 'win32') watchParent(stop)
}

/** A defect in the plugin's code, outside any call: the host must learn of it, and one lost promise is no reason to die. */
export const watchDefects = (): void => {
  process.on('unhandledRejection', (reason) => log.error('unhandled rejection', { error: stackOf(reason) }))
  process.on('uncaughtException', (error) => {
    log.error('uncaught exception; the process ends', { error: stackOf(error) })
    process.exit(1)
  })
  // When the host is gone, writing to it fails, and there is nobody left to tell.
  process.stdout.on('error', ignore)
  process.stderr.on('error', ignore)
}

// The host holds the other end and never writes: its end means that the host is gone.
const watchStdin = (stop: (reason: string) => void): void => {
  process.stdin.on('end', () => stop('the host is gone'))
  process.stdin.on('error', () => stop('the host is gone'))
  process.stdin.resume()
}

// A process whose parent died gets another: init, or the nearest subreaper.
const watchParent = (stop: (reason: string) => void): void => {
  const parent = process.ppid
  const poll = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(poll)
    stop('the host is gone')
  }, 1000)
  poll.unref()
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)

const ignore = (): void => {}
