import type { RequestListener } from 'node:http'
import type { Gateway } from '../gateway.js'
import { type Meters, noMeters } from '../observe/meter.js'
import type { Observe } from '../observe/observation.js'
import { watchRequest } from '../observe/watch-request.js'
import { Lateness } from './lateness.js'
import { meterRequest } from './meter-request.js'
import { shedRequest } from './shed-request.js'

/** What answers every request of the listener for data. */
export const openHandler = async (
  gateway: Pick<Gateway, 'handler' | 'current'>,
  observe: Observe,
  meters: Meters = noMeters,
): Promise<RequestListener> => {
  // Loaded while the plugins start.
  const { createApp } = await import('./app.js')
  const app = createApp(observe, () => gateway.current().config.cors)
  const meter = meters('')
  const lateness = new Lateness()
  return (request, response) => {
    const { config } = gateway.current()
    if (config.accessLog) watchRequest(request, response, config, observe)
    // A load balancer that hears 503 from /health would take the server away altogether.
    if (lateness.mustRefuse() && request.url !== '/health') {
      observe({ kind: 'request-shed', because: 'the event loop is late' })
      shedRequest(request, response, config.cors)
      return
    }
    // Express costs a data request several times what it does for it, so it sees only the other paths.
    gateway.handler(request, response, () => {
      const started = performance.now()
      response.once('close', () => meterRequest(request, response, started, meter, 'other'))
      app(request, response)
    })
  }
}
