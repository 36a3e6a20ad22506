import { isIdentifier, isOperands, type Operator, operators } from '@easyrest/protocol'
import { cleanSchema } from './clean-schema.js'
import type { ColumnSchema } from './connection-schema.js'
import type { DescribedRows } from './function-rows.js'
import type { Swagger } from './swagger.js'

/** A parameter for each condition that makes sense on a column of the table, and for its contrary; name -> parameter. */
export const whereParameters = ({ schema }: DescribedRows): ReadonlyMap<string, Swagger> =>
  new Map(
    Object.entries(schema.properties)
      .filter(([name]) => isIdentifier(name))
      .flatMap(([name, column]) => columnParameters(name, column))
      .map((parameter) => [String(parameter.name), parameter]),
  )

/** A single value of the column in a URL. */
export const operandOf = (column: ColumnSchema): Swagger => {
  const { type, format } = cleanSchema(column)
  const scalar = type === undefined || type === 'array' || type === 'object' ? 'string' : type
  return { type: scalar, ...(format === undefined ? {} : { format }) }
}

const columnParameters = (name: string, column: ColumnSchema): Swagger[] => {
  const operand = operandOf(column)
  return operatorsOf(column).flatMap((operator) => {
    const operands = operandsOf(operator, operand)
    return ['', 'not.'].map((negation) => ({ name: `where.${negation}${operator}.${name}`, in: 'query', ...operands }))
  })
}

const operatorsOf = (column: ColumnSchema): Operator[] => {
  const senseless = senselessOn[kindOf(column)]
  return operators.filter((operator) => operator !== 'unspecified' && !senseless.includes(operator))
}

type Kind = 'text' | 'moment' | 'bytes' | 'number' | 'boolean' | 'nested'

const kindOf = ({ type, format = '' }: ColumnSchema): Kind => {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean') return 'boolean'
  if (type === 'array' || type === 'object') return 'nested'
  if (format === 'byte' || format === 'binary') return 'bytes'
  return format === 'date' || format === 'date-time' || format === 'time' ? 'moment' : 'text'
}

const patterns: readonly Operator[] = ['like', 'ilike']
const ranges: readonly Operator[] = ['lt', 'lte', 'gt', 'gte', 'between']

const senselessOn: Readonly<Record<Kind, readonly Operator[]>> = {
  text: [],
  moment: patterns,
  bytes: [...patterns, ...ranges],
  number: patterns,
  boolean: [...patterns, ...ranges, 'in'],
  nested: operators.filter((operator) => operator !== 'is'),
}

const operandsOf = (operator: Operator, operand: Swagger): Swagger => {
  if (operator === 'is') return { type: 'string', enum: operand.type === 'boolean' ? isOperands : ['null', 'not_null'] }
  if (operator === 'like' || operator === 'ilike') return { type: 'string' }
  if (operator === 'in') return { type: 'array', items: operand, collectionFormat: 'csv' }
  if (operator === 'between') {
    return { type: 'array', items: operand, collectionFormat: 'csv', minItems: 2, maxItems: 2 }
  }
  return operand
}
