import express, { type Express } from 'express'
import type { CorsConfig } from '../config/config.js'
import type { Observe } from '../observe/observation.js'
import { corsHeaders } from './cors.js'
import { failureHandler, notFound, onlyWith, soundHeaders } from './express-answers.js'

/**
 * Everything that is not data: health, and one answer for paths and failures that nobody else handles.
 * @param cors what is in force, asked for each request
 */
export const createApp = (observe: Observe, cors: () => CorsConfig): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((request, response, next) => {
    response.set(corsHeaders(request, cors()))
    next()
  })
  app.use(soundHeaders)
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
