import assert from 'node:assert/strict'
import { test } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import fc from 'fast-check'
import { type AccessRulesSettings, createAccessRules } from '../auth/access-rules.js'
import { createIdentity } from '../auth/identity.js'
import { type LoginConfig, loginFlows } from '../config/config.js'
import { parseConnectionSchema } from './connection-schema.js'
import { swaggerDocument, swaggerRest } from './swagger-document.js'
import { usableSchema } from './usable-schema.js'

interface Options extends Partial<AccessRulesSettings> {
  readonly scope?: string
  readonly capabilities?: readonly string[]
  readonly login?: LoginConfig
}

const documentOf = (schema: unknown, options: Options = {}) => {
  const { scope = 'read write', capabilities = ['upsert', 'precondition'], login, ...rules } = options
  const identity = createIdentity({ scope }, { userClaim: 'sub', anonymous: false })
  const access = createAccessRules({ checkScope: true, anonymousAllowed: false, namesAreExact: () => false, ...rules })
  const can = (capability: string) => capabilities.includes(capability)
  const usable = usableSchema(parseConnectionSchema(Buffer.from(JSON.stringify(schema))), identity, access, can)
  const place = { title: 'Test', host: 'localhost:8080', basePath: '/api/test' }
  const bytes = swaggerDocument(place, swaggerRest(usable, { tokenType: 'Bearer', login }))
  return JSON.parse(bytes.toString('utf8'))
}

const validate = (document: object): Promise<unknown> => SwaggerParser.validate(structuredClone(document) as never)

const row = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' } },
  'x-primary-key': ['id'],
}
const call = [{ type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }, { type: 'array' }]
const schema = { tables: { myTable: row }, views: { myView: row }, rpc: { myFunc: call } }

test('P3: a table, a view and a function', async () => {
  const document = documentOf(schema)
  await validate(document)
  assert.deepEqual(Object.keys(document.definitions), ['myTable', 'myView', 'easyrest.problem'])
  assert.deepEqual(
    Object.entries(document.paths).map(([path, operations]) => [path, ...Object.keys(operations as object)]),
    [
      ['/myTable/', 'get', 'post', 'put', 'patch', 'delete'],
      ['/myView/', 'get'],
      ['/rpc/myFunc/', 'get', 'post'],
    ],
  )
  const { post } = document.paths['/rpc/myFunc/']
  assert.deepEqual(post.parameters.at(-1).schema, call[0])
  assert.deepEqual(post.responses[200].schema, { type: 'array', items: {} })
})

test('P1: securityDefinitions name the token endpoint when it is configured', async () => {
  const [tokenUrl, authorizationUrl] = ['https://id.example.com/token', 'https://id.example.com/login']
  assert.equal(documentOf(schema).securityDefinitions.jwt.type, 'apiKey')
  for (const flow of loginFlows) {
    const document = documentOf(schema, { login: { flow, tokenUrl, authorizationUrl } })
    await validate(document)
    assert.equal(document.securityDefinitions.jwt.tokenUrl, flow === 'implicit' ? undefined : tokenUrl)
  }
})

test('P4: the lists of the connection and the scopes of the token hold for functions', () => {
  const rpc = { open_one: call, hidden: call, other: call }
  const paths = (options: Options) => Object.keys(documentOf({ rpc }, options).paths)
  assert.deepEqual(paths({ exclude: { functions: ['HIDDEN'] } }), ['/rpc/open_one/', '/rpc/other/'])
  assert.deepEqual(paths({ allow: { functions: ['open_one'] } }), ['/rpc/open_one/'])
  assert.deepEqual(paths({ scope: 'other-write open_one-read' }), ['/rpc/open_one/', '/rpc/other/'])
  assert.deepEqual(paths({ scope: 'other-write', checkScope: false }).length, 3)
})

test('functions are described as they can be called', async () => {
  const output = {
    type: 'array',
    items: { type: 'object', properties: { n: { type: 'integer' }, s: { type: 'string' } } },
  }
  const input = { type: 'object', properties: { a: { type: 'number' }, limit: { type: 'integer' } }, required: ['a'] }
  const rpc = {
    numbers: [input, output],
    touch: [{ ...input, 'x-writes': true }, { type: 'integer' }],
    paged: [{ ...input, required: ['limit'] }, { type: 'integer' }],
  }
  const document = documentOf({ rpc }, { capabilities: ['function_filters'], public: { functions: ['numbers'] } })
  await validate(document)
  const operations = (name: string) => Object.keys(document.paths[`/rpc/${name}/`])
  // GET would not know an argument from a limit, and cannot call what writes.
  assert.deepEqual(['numbers', 'touch', 'paged'].map(operations), [['get', 'post'], ['post'], ['post']])
  const { get, post } = document.paths['/rpc/numbers/']
  assert.deepEqual([get.security, post.security], [[], [{ jwt: [] }]])
  assert.deepEqual(get.parameters[0], { name: 'a', in: 'query', required: true, type: 'number' })
  for (const { parameters } of [get, post]) {
    const names = JSON.stringify(parameters)
    for (const name of ['limit', 'or', 'rpc.numbers.select', 'rpc.numbers.where.not.in.n']) {
      assert.ok(names.includes(`#/parameters/${name}"`), name)
    }
  }
  assert.deepEqual(Object.keys(get.responses).slice(0, 2), ['200', '206'])
  const bare = documentOf({ rpc }, { capabilities: [] })
  await validate(bare)
  assert.doesNotMatch(JSON.stringify(bare.paths['/rpc/numbers/']), /\.where\.|parameters\/(limit|or)"|"206"/)
  const reader = documentOf({ rpc }, { scope: 'numbers-read touch-read' })
  assert.deepEqual(
    Object.entries(reader.paths).map(([path, its]) => [path, ...Object.keys(its as object)]),
    [['/rpc/numbers/', 'get']],
  )
})

test('pages that link to the next are described where there are any', () => {
  const get = (capabilities: string[]) => JSON.stringify(documentOf(schema, { capabilities }).paths['/myTable/'].get)
  assert.match(get(['last_key', 'filter_tree']), /parameters\/cursor".*"Link"/)
  assert.doesNotMatch(get(['last_key']), /cursor|"Link"/)
})

test('P8: helper tables, odd names and what the caller may not use are told nowhere, nor by foreign keys', () => {
  const key = (table: string) => ({ columns: ['id'], table, references: ['id'] })
  const tables = {
    users: { ...row, 'x-foreign-keys': [key('secrets'), key('orders')] },
    ...{ orders: row, secrets: row, easyrest_cache: row, EasyREST_KV: row, 'weird;name': row },
  }
  const document = documentOf({ tables }, { exclude: { tables: ['Secrets'] } })
  assert.deepEqual(Object.keys(document.definitions), ['orders', 'users', 'easyrest.problem'])
  assert.deepEqual(document.definitions.users['x-foreign-keys'], [key('orders')])
  assert.doesNotMatch(JSON.stringify(document), /secrets|easyrest_|weird/i)
  const scoped = documentOf({ tables }, { scope: 'users-read' })
  assert.deepEqual(scoped.definitions.users['x-foreign-keys'], [])
})

test('the order of names does not depend on the plugin', () => {
  const other = { rpc: { b: call, a: call }, views: { d: row }, tables: { e: row, c: row } }
  const same = { tables: { c: row, e: row }, views: { d: row }, rpc: { a: call, b: call } }
  assert.equal(JSON.stringify(documentOf(other)), JSON.stringify(documentOf(same)))
})

test('what the plugin cannot do is not described', () => {
  const { paths } = documentOf(schema, { capabilities: [] })
  assert.deepEqual(Object.keys(paths['/myTable/']), ['get', 'post', 'patch', 'delete'])
  assert.doesNotMatch(JSON.stringify(paths['/myTable/'].patch), /If-Match"/)
  assert.doesNotMatch(JSON.stringify(paths['/myTable/'].post), /on_conflict/)
})

test('conditions fit the types of their columns', () => {
  const properties = { n: { type: 'integer' }, t: { type: 'string' }, b: { type: 'boolean' }, j: { type: 'object' } }
  const names = Object.keys(documentOf({ tables: { x: { properties } } }).parameters)
  const operatorsOf = (column: string) =>
    names.flatMap((name) => new RegExp(`^x\\.where\\.(\\w+)\\.${column}$`).exec(name)?.[1] ?? [])
  assert.deepEqual(operatorsOf('n'), ['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'is', 'in', 'between', 'isdistinct'])
  assert.deepEqual(operatorsOf('t').includes('ilike'), true)
  assert.deepEqual(operatorsOf('b'), ['eq', 'neq', 'is', 'isdistinct'])
  assert.deepEqual(operatorsOf('j'), ['is'])
  assert.ok(names.includes('x.where.not.in.n'))
})

test('whatever a plugin says, the document is valid', async () => {
  const name = fc.oneof(
    fc.constantFrom('id', 'users', '__proto__', 'constructor', 'Ünï', 'a b', ''),
    fc.string({ maxLength: 5 }),
  )
  const word = fc.constantFrom(
    ...[
      'type',
      'format',
      'items',
      'properties',
      'required',
      'enum',
      'default',
      'nullable',
      'oneOf',
      '$ref',
      'readOnly',
    ],
    ...['x-primary-key', 'x-foreign-keys', 'x-nullable', 'additionalProperties', 'minimum', 'maxLength', 'description'],
  )
  const types = fc.constantFrom('integer', 'number', 'string', 'boolean', 'array', 'object', 'null', 'int4')
  const { said } = fc.letrec((tie) => ({
    said: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(types, fc.constant(null), fc.boolean(), fc.integer(), fc.string({ maxLength: 5 })),
      fc.dictionary(word, tie('said'), { maxKeys: 6 }),
      fc.dictionary(name, tie('said'), { maxKeys: 4 }),
      fc.array(fc.oneof(name, tie('said')), { maxLength: 3 }),
    ),
  }))
  const column = fc.record(
    { type: types, format: fc.string({ maxLength: 4 }), enum: said, items: said },
    { requiredKeys: [] },
  )
  const table = fc.record(
    {
      properties: fc.dictionary(name, fc.oneof(column, said), { maxKeys: 4 }),
      required: fc.oneof(fc.array(name), said),
      'x-primary-key': fc.oneof(fc.array(name, { maxLength: 2 }), said),
      'x-foreign-keys': said,
    },
    { requiredKeys: [] },
  )
  const named = fc.dictionary(name, fc.oneof(table, said), { maxKeys: 3 })
  const any = fc.record({ tables: named, views: named, rpc: fc.dictionary(name, fc.array(said), { maxKeys: 2 }) })
  await fc.assert(
    fc.asyncProperty(any, async (plugin) => {
      await validate(documentOf(plugin))
    }),
    { numRuns: 50 },
  )
})
