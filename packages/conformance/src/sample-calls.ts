import { randomUUID } from 'node:crypto'
import { cacheService, dbService, type Method, type Rpc, type SessionCall } from '@easyrest/protocol'
import { expectEqual } from './expect.js'
import { Inapplicable } from './inapplicable.js'
import { columnAs, compare } from './requests.js'
import type { RunningPlugin } from './running-plugin.js'
import { rowsOf, type Subject, textOf, wholeRequest } from './subject.js'

/** Calls that every plugin of a role can answer, each with an answer of its own. */
export interface SampleCalls {
  /** A small call, one of eight in turn, as a session carries it. */
  call(index: number, timeoutMs?: number): Omit<SessionCall, 'id'>
  /** Throws Violation unless the bytes are the response message of `call(index)`. */
  verify(index: number, message: Buffer): void
  /** The same call by itself, on a plugin that is connected; verified. */
  unary(index: number, plugin: Pick<RunningPlugin, 'call'>): Promise<void>
  /** A call of that many bytes or a little more, which is answered without an error. */
  large(bytes: number): Omit<SessionCall, 'id'>
  /** A call that is refused, and the reasons it may be refused with. */
  readonly wrong: { readonly call: Omit<SessionCall, 'id'>; readonly reasons: readonly string[] }
}

/** Of the role db where a seed allows it, else of the role cache. Throws Inapplicable where neither can be called. */
export const sampleCalls = async (subject: Subject): Promise<SampleCalls> => {
  const { roles } = await (await subject.plugin()).info()
  if (roles.includes('db') && subject.seed !== undefined) {
    await subject.fillTable()
    return tableCalls(subject)
  }
  if (roles.includes('cache')) return cacheCalls(subject)
  throw new Inapplicable('no seed was given (docs/conformance.md)')
}

const tableCalls = (subject: Subject): SampleCalls => {
  const { table, key, columns } = subject.table
  const text = columns.text!
  const rpc = dbService.TableGet
  const request = (index: number) => ({
    table,
    where: compare(key, 'eq', String(keyOf(index))),
    select: [columnAs('k', key)],
  })
  const verify = (index: number, response: { rows: Uint8Array; rowCount: number }) =>
    expectEqual(
      'rows with keys',
      rowsOf(response).map((row) => textOf(row, 'k')),
      [String(keyOf(index))],
    )
  const large = (bytes: number) => wholeRequest(rpc, { table, where: compare(text, 'eq', 'x'.repeat(bytes)) })
  const wrong = wholeRequest(rpc, { table: 'easyrest_conformance_none' })
  return {
    call: (index, timeoutMs) => callOf('TableGet', rpc, wholeRequest(rpc, request(index)), timeoutMs),
    verify: (index, message) => verify(index, rpc.responseDeserialize(message)),
    unary: async (index, on) => verify(index, await subject.call(rpc, request(index), { on })),
    large: (bytes) => callOf('TableGet', rpc, large(bytes)),
    wrong: { call: callOf('TableGet', rpc, wrong), reasons: ['unknown_table'] },
  }
}

const cacheCalls = async (subject: Subject): Promise<SampleCalls> => {
  const rpc = cacheService.Get
  const prefix = `easyrest-conformance:${randomUUID()}:`
  const request = (index: number) => ({ key: `${prefix}${keyOf(index)}` })
  for (let index = 0; index < 8; index++) {
    await subject.call(cacheService.Set, { ...request(index), value: `value ${keyOf(index)}`, ttlMs: 600_000 })
  }
  const verify = (index: number, { value }: { value: string | undefined }) =>
    expectEqual('the value', value, `value ${keyOf(index)}`)
  const large = (bytes: number) => ({ key: `${prefix}large`, value: 'x'.repeat(bytes), ttlMs: 10_000 })
  const wrong = { key: `${prefix}wrong`, value: 'x', ttlMs: 0 }
  return {
    call: (index, timeoutMs) => callOf('CacheGet', rpc, request(index), timeoutMs),
    verify: (index, message) => verify(index, rpc.responseDeserialize(message)),
    unary: async (index, on) => verify(index, await subject.call(rpc, request(index), { on })),
    large: (bytes) => callOf('CacheSet', cacheService.Set, large(bytes)),
    wrong: { call: callOf('CacheSet', cacheService.Set, wrong), reasons: ['bad_value'] },
  }
}

/** A call as a session carries it. */
export const callOf = <Request, Response>(
  method: Method,
  rpc: Rpc<Request, Response>,
  request: Request,
  timeoutMs = 10_000,
): Omit<SessionCall, 'id'> => ({ method, message: rpc.requestSerialize(request), timeoutMs })

const keyOf = (index: number): number => (index % 8) + 1
