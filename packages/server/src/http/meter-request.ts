import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Meter, MeteredRoute } from '../observe/meter.js'

/** Counts a request whose answer is over. @param started by performance.now */
export const meterRequest = (
  { method = '' }: IncomingMessage,
  { headersSent, statusCode }: ServerResponse,
  started: number,
  meter: Meter,
  route: MeteredRoute,
): void => {
  // 499 is nginx's number for a client that did not wait for its answer.
  meter.request(route, method, headersSent ? statusCode : 499, performance.now() - started)
}
