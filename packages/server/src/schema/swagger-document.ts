import type { JwtConfig, LoginConfig } from '../config/config.js'
import { version } from '../version.js'
import { definitions } from './definitions.js'
import { functionPath } from './function-path.js'
import { parameters } from './parameters.js'
import { responses } from './responses.js'
import { type Swagger, swaggerOf } from './swagger.js'
import { tablePath } from './table-paths.js'
import type { UsableSchema } from './usable-schema.js'

/** The first members of a document: where the API is. */
export interface Place {
  readonly title: string
  /** With the port; undefined: Swagger has no way to write it, and clients take the one that they asked. */
  readonly host: string | undefined
  readonly basePath: string
}

/** How clients come by a token and send it. */
export type Tokens = Pick<JwtConfig, 'tokenType' | 'login'>

/** The Swagger 2.0 document of what a caller may use, as JSON. @param rest of `swaggerRest` */
export const swaggerDocument = (place: Place, rest: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify(head(place)).slice(0, -1)},`), rest])

/**
 * The members that do not depend on how the caller came here, with the brace that ends the document.
 * @param tokens where a token comes from and how it is sent
 */
export const swaggerRest = (usable: UsableSchema, tokens: Tokens): Buffer => {
  const members = {
    consumes: ['application/json'],
    produces: ['application/json'],
    definitions: definitions(usable),
    parameters: parameters(usable),
    responses: responses(),
    securityDefinitions: securityDefinitions(tokens),
    paths: paths(usable),
  }
  return Buffer.from(JSON.stringify(members).slice(1))
}

// No schemes: then clients use the one they came with, which only they know where a proxy stands in between.
const head = ({ title, host, basePath }: Place): Swagger => ({
  swagger: '2.0',
  info: { title, version: serverVersion, description },
  ...(host !== undefined && hostPattern.test(host) && { host }),
  basePath,
})

const serverVersion = version()

const hostPattern = /^[^{}/ :\\]+(?::\d+)?$/

const description = [
  'Conditions: where.<operator>.<column>=value and where.not.<operator>.<column>=value; all must hold.',
  'HEAD and OPTIONS are answered wherever GET is.',
  'Failures are application/problem+json.',
].join(' ')

// Under the name that the original gives it.
const securityDefinitions = ({ tokenType, login }: Tokens): Swagger => ({
  jwt: login === undefined ? sentToken(tokenType) : loginOf(login),
})

const sentToken = (tokenType: string): Swagger => ({
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description: `${tokenType} <token>`,
})

// A URL that the flow does not use is not permitted.
const loginOf = ({ flow, tokenUrl, authorizationUrl }: LoginConfig): Swagger => ({
  type: 'oauth2',
  flow,
  ...((flow === 'implicit' || flow === 'accessCode') && { authorizationUrl }),
  ...(flow !== 'implicit' && { tokenUrl }),
  scopes: { read: 'Read every table', write: 'Write every table, call every function' },
})

const secured: Swagger = { security: [{ jwt: [] }] }

const paths = (usable: UsableSchema): Swagger => {
  const all = [
    ...usable.tables.map((table) => [`/${table.name}/`, tablePath(table, usable, secured)] as const),
    ...usable.functions.map((called) => [`/rpc/${called.name}/`, functionPath(called, secured)] as const),
  ]
  // Who may only read a function that writes has no way to call it.
  return swaggerOf(all.filter(([, operations]) => Object.keys(operations).length > 0))
}
