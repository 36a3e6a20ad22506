import { errorTable } from '../errors.js'
import { problemName } from './definitions.js'
import { reference, type Swagger, swaggerOf } from './swagger.js'

/** The failures that operations share, by status. */
export const responses = (): Swagger => swaggerOf([...errorStatuses].map((status) => [String(status), failure(status)]))

/** References to the failures with these statuses, and to what any request may end with. */
export const failures = (statuses: readonly number[]): Swagger =>
  swaggerOf([
    ...statuses.map((status): [string, Swagger] => [String(status), reference('responses', String(status))]),
    ['default', { description: 'Any other failure', schema: reference('definitions', problemName) }],
  ])

/** Of requests that read rows. */
export const readFailures = [400, 401, 403, 404, 406, 412, 413, 416]

/** Of requests that write. */
export const writeFailures = [400, 401, 403, 404, 406, 409, 412, 413, 415]

/** Of calls of functions. */
export const callFailures = [400, 401, 403, 404, 406, 409, 413, 415]

const errorStatuses = new Set([...readFailures, ...writeFailures, ...callFailures])

const failure = (status: number): Swagger => {
  const codes = Object.entries(errorTable).filter(([, error]) => error.status === status)
  return {
    description: codes.map(([code, { title }]) => `\`${code}\`: ${title}`).join('\n\n'),
    schema: reference('definitions', problemName),
  }
}
