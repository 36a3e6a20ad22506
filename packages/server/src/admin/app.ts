import express, { type Express } from 'express'
import type { AdminConfig } from '../config/config.js'
import { failureHandler, notFound, onlyWith } from '../http/express-answers.js'
import type { Observe } from '../observe/observation.js'
import type { ReloadFailure, ReloadOutcome } from '../reload/reload-outcome.js'
import type { Status } from './describe-status.js'
import { refuseStrangers } from './refuse-strangers.js'
import { whatIsNotReady } from './what-is-not-ready.js'

export interface AdminDependencies {
  readonly config: AdminConfig
  readonly contentType: string
  readonly metrics: () => Promise<string>
  readonly status: () => Promise<Status>
  readonly reload: () => Promise<ReloadOutcome>
  readonly observe: Observe
}

/** What operators and their tools ask: docs/operating.md. */
export const createAdminApp = ({
  config,
  contentType,
  metrics,
  status,
  reload,
  observe,
}: AdminDependencies): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    next()
  })
  app.use('/-/', refuseStrangers(config.listen))
  app.get('/livez', (_request, response) => void response.type('text/plain').send('ok\n'))
  app.get('/readyz', async (_request, response) => {
    const notReady = whatIsNotReady(await status())
    response.status(notReady.length === 0 ? 200 : 503).json({ ready: notReady.length === 0, notReady })
  })
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', contentType).send(await metrics())
  })
  app.get('/-/status', async (_request, response) => {
    response.json(await status())
  })
  app.post('/-/reload', async (_request, response) => {
    const outcome = await reload()
    response.status(outcome.reloaded ? 200 : statusOf[outcome.because]).json(outcome)
  })
  for (const path of ['/livez', '/readyz', '/metrics', '/-/status']) app.all(path, onlyWith('GET, HEAD'))
  app.all('/-/reload', onlyWith('POST'))
  app.use(notFound)
  app.use(failureHandler(observe))
  return app
}

// The request is right; the configuration it points to is not.
const statusOf: Record<ReloadFailure, number> = { configuration: 422, plugin: 422, stopping: 503, internal: 500 }
