import { type Swagger, swaggerOf } from './swagger.js'

/**
 * A schema of the plugin's as Swagger 2.0 permits it: what Swagger does not know is left out, because one word of a plugin
 * would make the whole document invalid.
 */
export const cleanSchema = (value: unknown, depth = 0): Swagger => {
  if (!isObject(value) || depth > deepest) return {}
  const known = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const clean = name.startsWith('x-') ? extension(member, depth) : readers[name]?.(member, depth + 1)
    return clean === undefined ? [] : [[name, clean]]
  })
  const { required, ...clean } = swaggerOf(known)
  const needed = requiredOf(clean, (required ?? []) as readonly string[])
  return {
    ...clean,
    ...(needed.length > 0 && { required: needed }),
    ...(clean.type === 'array' && clean.items === undefined && { items: {} }),
  }
}

// Swagger knows required properties only among those that are described, and that can be sent.
const requiredOf = ({ properties = {} }: Swagger, required: readonly string[]): readonly string[] => {
  const described = properties as Readonly<Record<string, Swagger>>
  return required.filter((name) => Object.hasOwn(described, name) && described[name]!.readOnly !== true)
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

// An object could hold a reference, which tools follow wherever it stands.
const scalar: Reader = (member) => (typeof member === 'object' ? undefined : member)

const values: Reader = (member) => {
  const list = Array.isArray(member) ? [...new Set(member.filter((value) => typeof value !== 'object'))] : []
  return list.length > 0 ? list : undefined
}

const extension: Reader = (member, depth) => names(member, depth) ?? scalar(member, depth)

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
  default: scalar,
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
