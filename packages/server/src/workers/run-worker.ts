import { createLog } from '../observe/log.js'
import type { ToMain, ToWorker } from './messages.js'
import { Worker } from './worker.js'
import { workerVariable } from './worker-variable.js'

/** The program of a worker. It ends with the main process: node:cluster ends it when their pipe does. */
export const runWorker = async (): Promise<void> => {
  process.title = 'easyrest-worker'
  if (process.send === undefined) {
    process.stderr.write(
      'easyrest-worker is started by easyrest-server, when its configuration says workers: 2 or more\n',
    )
    process.exitCode = 2
    return
  }
  const observe = await createLog({ worker: Number(process.env[workerVariable]) })
  const send = (message: ToMain): void => void process.send?.(message, undefined, undefined, () => {})
  const worker = new Worker(observe, send, () => process.exit(0))
  process.on('message', (message: ToWorker) => void worker.receive(message))
  // A service manager sends it to every process; the main process waits for what is in flight.
  process.on('SIGTERM', () => void worker.stop())
  send({ kind: 'hello' })
}
