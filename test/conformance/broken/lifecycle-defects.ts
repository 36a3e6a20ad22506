import { lifelineVariable } from '@easyrest/protocol'
import type { Handler, ProgramDefect } from './program-defect.js'

export const lifecycleDefects: Readonly<Record<string, ProgramDefect>> = {
  'lifecycle.shutdown': { handlers: { Shutdown: () => (_call, reply) => reply(null, {}) } },
  'lifecycle.shutdown-in-flight': {
    threaded: true,
    handlers: {
      TableGet: (original) => (call, reply) => {
        inFlight++
        const leave: typeof reply = (...answer: unknown[]) => {
          inFlight--
          reply(...answer)
        }
        original(call, leave)
      },
      Shutdown: (original) => (call, reply) => (inFlight > 0 ? reply(null, {}) : original(call, reply)),
    },
  },
  'lifecycle.sigterm': {
    after: () => {
      process.removeAllListeners('SIGTERM')
      process.on('SIGTERM', () => {})
    },
  },
  'lifecycle.host-death': { before: cutLifeline },
  'lifecycle.early-host-death': {
    before: cutLifeline,
    handlers: {
      InitConnection:
        (original: Handler): Handler =>
        (call, reply) => {
          process.stdin.on('end', () => process.exit(0)).resume()
          original(call, reply)
        },
    },
  },
  'lifecycle.sigint': { after: () => void process.removeAllListeners('SIGINT') },
  'lifecycle.sighup': { after: () => void process.removeAllListeners('SIGHUP') },
}

let inFlight = 0

function cutLifeline(): void {
  delete process.env[lifelineVariable]
}
