import { PluginError } from '@easyrest/protocol'
import type { PostgresFunction } from '../catalog/postgres-function.js'
import { fitsArguments } from './function-arguments.js'

/**
 * The function of several with one name that takes the arguments: each is one of its parameters, and no parameter
 * without a default is left out. Where several do, their values decide, then the fewest defaults. Throws `bad_value`.
 */
export const chooseFunction = (
  functions: readonly PostgresFunction[],
  names: readonly string[],
  body: Buffer,
): PostgresFunction => {
  const matching = functions.filter((candidate) => takes(candidate, names))
  if (matching.length === 0) throw mismatch(functions, names)
  const fitting = matching.length === 1 ? matching : matching.filter((candidate) => fitsArguments(candidate, body))
  const [first, second] = fitting.sort((a, b) => a.parameters.length - b.parameters.length)
  if (first === undefined) throw mismatch(matching, names)
  if (second === undefined || second.parameters.length > first.parameters.length) return first
  throw new PluginError('bad_value', `several functions take these arguments: ${fitting.map(signature).join('; ')}`)
}

const takes = ({ parameters }: PostgresFunction, names: readonly string[]): boolean =>
  names.every((name) => parameters.some(({ column }) => column.name === name)) &&
  parameters.every(({ column, isOptional }) => isOptional || names.includes(column.name))

const mismatch = (functions: readonly PostgresFunction[], names: readonly string[]): PluginError => {
  const given = names.length === 0 ? 'none' : names.join(', ')
  return new PluginError('bad_value', `expected the arguments of ${functions.map(signature).join('; ')}; got ${given}`)
}

const signature = ({ name, parameters }: PostgresFunction): string =>
  `${name}(${parameters.map(({ column, isOptional }) => `${column.name} ${column.sqlType}${isOptional ? ' = default' : ''}`).join(', ')})`
