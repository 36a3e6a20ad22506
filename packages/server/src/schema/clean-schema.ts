import { type Swagger, swaggerOf } from './swagger.js'

/**
 * A schema of the plugin's as Swagger 2.0 permits it: what Swagger does not know is left out, because one word of a plugin
 * would make the whole document invalid.
 */
export const cleanSchema = (value: unknown, depth = 0): Swagger => {
  if (!isObject(value) || depth > deepest) return {}
  const known = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const clean = name.startsWith('x-') ? member : readers[name]?.(member, depth + 1)
    return clean === undefined ? [] : [[name, clean]]
  })
  const clean = swaggerOf(known)
  return clean.type === 'array' && clean.items === undefined ? { ...clean, items: {} } : clean
}

type Reader = (member: unknown, depth: number) => unknown

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeName: Reader = (member) => types.find((type) => type === member)

const types = ['integer', 'number', 'string', 'boolean', 'array', 'object']

const text: Reader = (member) => (typeof member === 'string' ? member : undefined)

const flag: Reader = (member) => (typeof member === 'boolean' ? member : undefined)

const names: Reader = (member) => {
  const list = Array.isArray(member) ? [...new Set(member.filter((name) => typeof name === 'string'))] : []
  return list.length > 0 ? list : undefined
}

const values: Reader = (member) => {
  const list = Array.isArray(member) ? [...new Set(member)] : []
  return list.length > 0 ? list : undefined
}

const number: Reader = (member) => (typeof member === 'number' ? member : undefined)

const count: Reader = (member) => (Number.isSafeInteger(member) && (member as number) >= 0 ? member : undefined)

const properties: Reader = (member, depth) =>
  isObject(member)
    ? swaggerOf(Object.entries(member).map(([name, schema]) => [name, cleanSchema(schema, depth)]))
    : undefined

const schema: Reader = (member, depth) => (isObject(member) ? cleanSchema(member, depth) : undefined)

const schemaOrFlag: Reader = (member, depth) => flag(member, depth) ?? schema(member, depth)

const readers: Readonly<Record<string, Reader>> = Object.assign(Object.create(null), {
  type: typeName,
  format: text,
  title: text,
  description: text,
  default: (member: unknown) => member,
  enum: values,
  minimum: number,
  maximum: number,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  readOnly: flag,
  required: names,
  properties,
  items: schema,
  additionalProperties: schemaOrFlag,
})

const deepest = 20
