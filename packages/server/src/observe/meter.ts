import type { CallErrorKind } from '@easyrest/host'

/** Counts what happens on one connection. */
export interface Meter {
  /** A request whose answer is over. @param ms from its arrival */
  request(route: MeteredRoute, method: string, status: number, ms: number): void
  /** A call of the connection's plugin. @param ms until its answer, or the first part of a stream */
  call(outcome: CallOutcome, ms: number): void
}

/** Never a path: clients choose paths, and every new value of a label is kept for ever. */
export type MeteredRoute = 'table' | 'function' | 'schema' | 'kv' | 'other'

/** `refused`: the plugin answered an error. */
export type CallOutcome = 'ok' | 'refused' | 'failed' | CallErrorKind

/** Gives the meter of a connection; '' stands for requests to none. */
export type Meters = (connection: string) => Meter

export const noMeters: Meters = () => noMeter

const noMeter: Meter = { request: () => {}, call: () => {} }
