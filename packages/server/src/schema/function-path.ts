import { isIdentifier } from '@easyrest/protocol'
import { bodyMediaTypes } from '../request/body-to-json.js'
import { isOwnParameter } from '../request/function-call.js'
import { formats } from '../response/format.js'
import { cleanSchema } from './clean-schema.js'
import { functionRows } from './function-rows.js'
import { conditionParameters, sharedParameters, tableParameters } from './parameters.js'
import { callFailures, failures, readFailures } from './responses.js'
import type { Swagger } from './swagger.js'
import { pageHeaders, rowMediaTypes } from './table-paths.js'
import type { UsableFunction } from './usable-schema.js'
import { operandOf } from './where-parameters.js'

/** The calls of a function that the caller may make. @param secured what an operation that needs a token says */
export const functionPath = (called: UsableFunction, secured: Swagger): Swagger => {
  const security = called.open ? { security: [] } : secured
  return {
    ...(called.read && isReadable(called) && { get: get(called, security) }),
    ...(called.write && { post: post(called, secured) }),
  }
}

const get = (called: UsableFunction, security: Swagger): Swagger => ({
  ...operation(called, 'get', `Call ${called.name} where it cannot write`, isSet(called)),
  parameters: [...argumentParameters(called), ...rowParameters(called, 'Prefer-read-call', isSet(called))],
  responses: answers(called, readFailures),
  ...security,
})

// Where the plugin does not know what is wished of the rows, a call that writes takes no wishes.
const post = (called: UsableFunction, secured: Swagger): Swagger => ({
  ...operation(called, 'call', `Call ${called.name}`, isSet(called) && called.filters),
  consumes: bodyMediaTypes,
  parameters: [
    ...rowParameters(called, 'Prefer-call', isSet(called) && called.filters),
    { name: 'body', in: 'body', required: true, schema: { type: 'object', ...cleanSchema(called.input) } },
  ],
  responses: answers(called, callFailures),
  ...secured,
})

const operation = ({ name }: UsableFunction, verb: string, summary: string, everyFormat: boolean): Swagger => ({
  tags: ['rpc'],
  summary,
  operationId: `${verb}_rpc_${name}`,
  produces: everyFormat ? rowMediaTypes : formats.json.mediaTypes,
})

/** GET would take an argument of such a name for its own parameter; the plugin says of others that they write. */
const isReadable = ({ input }: UsableFunction): boolean => {
  const { required = [], 'x-writes': writes } = cleanSchema(input)
  return writes !== true && !(required as readonly string[]).some((name) => isOwnParameter(name) || !isIdentifier(name))
}

const argumentParameters = ({ input }: UsableFunction): Swagger[] => {
  const { properties = {}, required = [] } = cleanSchema(input)
  return Object.entries(properties as Record<string, Swagger>)
    .filter(([name]) => isIdentifier(name) && !isOwnParameter(name))
    .map(([name, schema]) => ({
      name,
      in: 'query',
      required: (required as readonly string[]).includes(name),
      ...operandOf(schema),
    }))
}

const rowParameters = (
  called: UsableFunction,
  prefer: 'Prefer-call' | 'Prefer-read-call',
  everyFormat: boolean,
): Swagger[] => {
  if (!everyFormat) return sharedParameters('json', prefer)
  const rows = functionRows(called)
  const filters = called.filters ? sharedParameters('limit', 'offset', 'Range-Unit', 'Range') : []
  return [
    ...sharedParameters('format', prefer),
    ...filters,
    ...(rows === undefined ? [] : [...tableParameters(rows, 'select', 'ordering'), ...conditionParameters(rows)]),
  ]
}

const isSet = ({ output }: UsableFunction): boolean => cleanSchema(output).type === 'array'

const answers = (called: UsableFunction, statuses: readonly number[]): Swagger => {
  const schema = cleanSchema(called.output)
  const headers = { ...pageHeaders }
  const set = {
    200: { description: 'The rows', schema, headers },
    ...(called.filters && { 206: { description: 'With count=exact: a part of the rows', schema, headers } }),
  }
  return { ...(isSet(called) ? set : { 200: { description: 'The result', schema } }), ...failures(statuses) }
}
