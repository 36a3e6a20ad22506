import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import type { Predicate } from '../predicate.js'
import * as cache from './cache-wire.js'
import type { Codec } from './codec.js'
import * as db from './db-wire.js'
import * as plugin from './plugin-wire.js'
import { WireError } from './reader.js'
import * as table from './table-wire.js'

// The .proto files are the contract; our tables must say the same, and write the same bytes as protobufjs does.
const protoRoot = fileURLToPath(new URL('../../../../proto', import.meta.url))
const contract = new protobuf.Root()
contract.resolvePath = (_origin, target) => join(protoRoot, target)
contract.loadSync(readdirSync(join(protoRoot, 'easyrest/plugin/v1')).map((name) => `easyrest/plugin/v1/${name}`))

const messageNames: Record<string, string> = {
  initConnectionRequestWire: 'InitConnectionRequest',
  initConnectionResponseWire: 'InitConnectionResponse',
  pluginInfoRequestWire: 'GetInfoRequest',
  pluginInfoWire: 'GetInfoResponse',
  pluginLimitsWire: 'Limits',
  errorMessageWire: 'Error',
  sessionCallWire: 'Call',
  callReplyWire: 'Reply',
}

const codecs = Object.entries({ ...table, ...db, ...cache, ...plugin }) as [string, Codec<unknown>][]
const protoName = (codecName: string): string =>
  messageNames[codecName] ?? codecName[0]!.toUpperCase() + codecName.slice(1, -'Wire'.length)

for (const [name, codec] of codecs) {
  const type = contract.lookupType(`easyrest.plugin.v1.${protoName(name)}`)

  test(`${name} has the fields and numbers of ${type.name}`, () => {
    const declared = Object.fromEntries(type.fieldsArray.map((field) => [field.name, field.id]))
    assert.deepEqual(codec.fields, declared)
  })

  test(`${name} reads what protobufjs writes, and writes the same bytes`, () => {
    fc.assert(
      fc.property(arbitraryMessage(type, 3), (value) => {
        const bytes = type.encode(value).finish()
        const decoded = codec.decode(bytes)
        // Fields may be written in another order, so the comparison goes through protobufjs again.
        const rewritten = type.decode(codec.encode(decoded))
        assert.deepEqual(type.toObject(rewritten, conversion), type.toObject(type.decode(bytes), conversion))
        assert.deepEqual(codec.decode(codec.encode(decoded)), decoded)
        assert.equal(codec.encode(decoded).length, bytes.length)
      }),
      { numRuns: 60 },
    )
  })
}

const conversion = { longs: Number, enums: Number, bytes: String, defaults: true }

// A message as protobufjs takes it. A oneof has exactly one member, since the contract gives an empty one no meaning.
function arbitraryMessage(type: protobuf.Type, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const oneofs = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional)
  const inOneof = new Set(oneofs.flatMap((oneof) => oneof.oneof))
  const plain: Record<string, fc.Arbitrary<unknown>> = {}
  const optional: string[] = []
  for (const field of type.fieldsArray) {
    if (inOneof.has(field.name)) continue
    if (depth === 0 && field.resolve().resolvedType instanceof protobuf.Type) continue
    if (field.options?.proto3_optional || field.resolvedType instanceof protobuf.Type) optional.push(field.name)
    // proto3 does not write zero values; protobufjs does when they are set.
    plain[field.name] = optional.includes(field.name)
      ? arbitraryField(field, depth)
      : arbitraryField(field, depth).map(withoutZero)
  }
  const required = Object.keys(plain).filter((name) => !optional.includes(name))
  const base = fc.record(plain, { requiredKeys: required }) as fc.Arbitrary<Record<string, unknown>>
  return oneofs.reduce(
    (arbitrary, oneof) =>
      arbitrary.chain((value) => {
        const fields = oneof.fieldsArray.filter(
          (field) =>
            depth > 0 || !(field.resolve().resolvedType instanceof protobuf.Type) || field.name === 'comparison',
        )
        return fc
          .constantFrom(...fields)
          .chain((field) => arbitraryField(field, depth).map((member) => ({ ...value, [field.name]: member })))
      }),
    base,
  )
}

const withoutZero = (value: unknown): unknown =>
  value === '' || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0)
    ? undefined
    : value

function arbitraryField(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const single = arbitrarySingle(field.resolve(), depth)
  return field.repeated ? fc.array(single, { maxLength: 3 }) : single
}

function arbitrarySingle(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field
  if (resolvedType instanceof protobuf.Type) return arbitraryMessage(resolvedType, Math.max(0, depth - 1))
  if (resolvedType instanceof protobuf.Enum) return fc.constantFrom(...Object.values(resolvedType.values))
  if (field.type === 'string')
    return fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ minLength: 120, maxLength: 300 }))
  if (field.type === 'bytes') return fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
  if (field.type === 'bool') return fc.boolean()
  if (field.type === 'uint32') return fc.integer({ min: 0, max: 0xffffffff })
  return fc.maxSafeNat()
}

test('bytes that are not a message are refused, never misread or endless', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        table.tableGetRequestWire.decode(bytes)
      } catch (error) {
        assert.ok(error instanceof WireError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

test('a predicate nested beyond all use is refused before the stack ends', () => {
  let predicate: Predicate = { kind: 'comparison', column: 'a', operator: 'eq', operands: ['1'] }
  for (let level = 0; level < 1000; level++) predicate = { kind: 'not', item: predicate }
  assert.throws(() => table.predicateWire.decode(table.predicateWire.encode(predicate)), WireError)
})

test('an empty predicate does not read as "every row"', () => {
  assert.throws(() => table.predicateWire.decode(Buffer.alloc(0)), WireError)
})

test('fields of a later version are skipped', () => {
  const later = Buffer.concat([
    Buffer.from([0xfa, 0x3e, 0x02, 0x68, 0x69]),
    cache.cacheGetRequestWire.encode({ key: 'k' }),
  ])
  assert.deepEqual(cache.cacheGetRequestWire.decode(later), { key: 'k' })
})
