import express, { type Express } from 'express'
import type { Observe } from '../observe/observation.js'
import { failureHandler, notFound, onlyWith } from './express-answers.js'

/** Everything that is not data: health, and one answer for paths and failures that nobody else handles. */
export const createApp = (observe: Observe): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get('/health', (_request, response) => {
    response.type('text/plain').send('OK')
  })
  app.options('/health', (_request, response) => {
    response.status(204).set('Allow', healthMethods).end()
  })
  app.all('/health', onlyWith(healthMethods))
  app.use(notFound)
  app.use(failureHandler(observe))
  return app
}

const healthMethods = 'GET, HEAD, OPTIONS'
