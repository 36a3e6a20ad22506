import type { Status } from './describe-status.js'

export interface NotReady {
  /** `server`, or the connection's name behind `connection `. */
  readonly what: string
  readonly why: string
}

/** What keeps the server from answering every request; empty: it is ready. */
export const whatIsNotReady = ({ state, workers, connections }: Status): NotReady[] => [
  ...(state === 'running' ? [] : [{ what: 'server', why: state }]),
  // One that is being replaced takes the server's strength, not its readiness.
  ...(workers.length > 0 && workers.every((worker) => worker.state !== 'serving')
    ? [{ what: 'server', why: 'no worker serves' }]
    : []),
  ...connections
    .filter((connection) => connection.state !== 'ready')
    .map(({ name, state: why, lastError }) => ({
      what: `connection ${name}`,
      why: lastError === undefined ? why : `${why}: ${lastError}`,
    })),
]
