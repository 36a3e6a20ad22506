import type { KvPreset } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { parseQueryString } from '../../request/query-string.js'

/** The parameters of a request that its method may have. */
export interface KvParameters {
  /** Whether a flag is on: in the preset kopano only by `1`, as Kopano has it. */
  flag(name: string): boolean
  /** undefined: it is not there. */
  text(name: string): string | undefined
  natural(name: string): number | undefined
}

/** Throws ApiError bad_escape, bad_parameter, unknown_parameter. */
export const parseKvParameters = (rawQuery: string, method: string, preset: KvPreset): KvParameters => {
  const known = namesOf[method] ?? []
  const given = new Map<string, string>()
  for (const [name, value] of parseQueryString(rawQuery)) {
    // Kopano looks at its three flags whatever the method, and of each at the first.
    const isKopanos = preset === 'kopano' && kopanoFlags.includes(name)
    if (!known.includes(name) && !isKopanos) throw unknown(name, method, known)
    if (!given.has(name)) given.set(name, isKopanos ? kopanoSwitch(value) : checked(name, value))
    else if (!isKopanos) throw bad(name, 'to come once', 'several')
  }
  return {
    flag: (name) => given.get(name) === '1',
    text: (name) => given.get(name),
    natural: (name) => {
      const text = given.get(name)
      return text === undefined ? undefined : Number(text)
    },
  }
}

const kopanoSwitch = (value: string): string => (value === '1' ? '1' : '0')

const checked = (name: string, value: string): string => {
  const received = JSON.stringify(value.slice(0, 40))
  if (flags.includes(name) && value !== '1' && value !== '0') throw bad(name, 'to be 1 or 0', received)
  if (name !== 'limit' || /^\d{1,15}$/.test(value)) return value
  throw bad(name, 'to be a whole number that is not negative', received)
}

const kopanoFlags: readonly string[] = ['recurse', 'raw', 'batch']

const reading = ['recurse', 'raw', 'keys', 'separator', 'count', 'limit', 'cursor', 'reverse', 'start', 'end']

const namesOf: Readonly<Record<string, readonly string[]>> = {
  GET: reading,
  HEAD: reading,
  PUT: ['batch', 'ttl', 'expires', 'keep_ttl', 'cas'],
  DELETE: ['recurse', 'force', 'cas'],
  PATCH: ['touch', 'ttl', 'expires', 'cas'],
  POST: ['mget'],
}

const flags = [...kopanoFlags, 'keys', 'count', 'reverse', 'keep_ttl', 'force', 'touch', 'mget']

const bad = (name: string, expected: string, received: string): ApiError =>
  new ApiError('bad_parameter', { detail: `Expected the parameter ${name} ${expected}, got ${received}` })

const unknown = (name: string, method: string, known: readonly string[]): ApiError =>
  new ApiError('unknown_parameter', {
    detail: `${method} on a key has no parameter ${JSON.stringify(name.slice(0, 80))}`,
    ...(known.length === 0 ? {} : { hint: `It has ${known.join(', ')}` }),
  })
