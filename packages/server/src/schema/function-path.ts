import { bodyMediaTypes } from '../request/body-to-json.js'
import { formats } from '../response/format.js'
import { cleanSchema } from './clean-schema.js'
import { sharedParameters } from './parameters.js'
import { callFailures, failures } from './responses.js'
import type { Swagger } from './swagger.js'
import type { UsableFunction } from './usable-schema.js'

/** The call of a function. @param secured what an operation that needs a token says */
export const functionPath = ({ name, input, output }: UsableFunction, secured: Swagger): Swagger => ({
  post: {
    tags: ['rpc'],
    summary: `Call ${name}`,
    operationId: `call_${name}`,
    consumes: bodyMediaTypes,
    produces: formats.json.mediaTypes,
    parameters: [
      ...sharedParameters('json', 'Prefer-call'),
      { name: 'body', in: 'body', required: true, schema: { type: 'object', ...cleanSchema(input) } },
    ],
    responses: { 200: { description: 'The result', schema: cleanSchema(output) }, ...failures(callFailures) },
    ...secured,
  },
})
