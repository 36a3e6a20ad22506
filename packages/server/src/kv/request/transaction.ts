import { type KvConfig, type KvRealm, kvRealms } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import type { Document } from '../documents/document.js'
import { fromFirstToken, meaningOf, membersOf } from '../documents/json-pieces.js'
import type { EncodedKey } from '../keys/key.js'
import { isRevision } from '../store/revisions.js'
import { unconditional, type WriteCondition } from '../store/write-condition.js'
import { type Entry, entriesOf } from './parse-entries.js'
import { parseEntry, parseKey, textOf } from './parse-entry.js'

/** One operation of a transaction. */
export interface KvOperation {
  readonly op: 'set' | 'delete' | 'check' | 'get'
  readonly realm: KvRealm
  readonly key: EncodedKey
  /** Of a set. */
  readonly document: Document | undefined
  readonly condition: WriteCondition
}

/** The body `{"ops": [...]}`. Throws ApiError, KvRefusal. @param revision of everything that is written */
export const parseTransaction = (body: Buffer, config: KvConfig, revision: string, now: number): KvOperation[] => {
  const entries = operationsOf(body)
  if (entries.length > config.limits.maxTxn) {
    throw new ApiError('body_too_large', {
      detail: `Expected at most ${config.limits.maxTxn} operations, got ${entries.length}`,
      hint: 'kv.limits.max_txn sets the limit',
    })
  }
  const operations = entries.map((entry, index) => parseOperation(entry, `operation ${index}`, config, revision, now))
  refuseTwice(operations)
  return operations
}

const operationsOf = (body: Buffer): Entry[] => {
  const text = fromFirstToken(body.toString('latin1'))
  const member = isJsonObject(text) ? membersOf(text) : []
  const [first, ...others] = member
  if (first === undefined || others.length > 0 || first[0] !== 'ops') {
    throw new ApiError('bad_body', { detail: 'Expected a JSON object with the one member ops, an array of operations' })
  }
  return entriesOf(first[1], 'operation', known)
}

const isJsonObject = (text: string): boolean => {
  try {
    JSON.parse(text)
    return text.startsWith('{')
  } catch {
    return false
  }
}

const parseOperation = (entry: Entry, place: string, config: KvConfig, revision: string, now: number): KvOperation => {
  const op = wordOf(entry, 'op', ['set', 'delete', 'check', 'get'], undefined, place)
  const realm = wordOf(entry, 'realm', kvRealms, 'user', place)
  const condition = parseGuard(entry, place)
  if (op === 'check' && condition.kind === 'none') throw bad(`Expected if_match or if_none_match in ${place}`)
  if (op === 'get' && condition.kind !== 'none') throw bad(`${place} is a get and has no condition; use check`)
  if (op === 'delete' && condition.kind === 'absent') throw bad(`${place} deletes what must not be there`)
  const extra = op === 'set' ? undefined : ofSets.find((name) => entry.has(name))
  if (extra !== undefined) throw bad(`The member ${extra} belongs to a set, and ${place} is a ${op}`)
  if (op !== 'set') return { op, realm, key: parseKey(entry, place), document: undefined, condition }
  const document = parseEntry(entry, place, config, (own) => own, revision, now)
  return { op, realm, key: document.key, document, condition }
}

/** `if_match` is a revision or `*`, `if_none_match` is `*`. */
const parseGuard = (entry: Entry, place: string): WriteCondition => {
  const [match, noneMatch] = [textOf(entry, 'if_match', place), textOf(entry, 'if_none_match', place)]
  if (match !== undefined && noneMatch !== undefined) throw bad(`Expected one condition in ${place}, got two`)
  if (noneMatch !== undefined) {
    if (noneMatch === '*') return { kind: 'absent' }
    throw bad(`Expected if_none_match to be * in ${place}`)
  }
  if (match === undefined) return unconditional
  if (match === '*') return { kind: 'present' }
  const revision = match.replace(/^"(.*)"$/, '$1')
  if (isRevision(revision)) return { kind: 'revision', revisions: [revision] }
  throw bad(`Expected if_match to be * or a revision in ${place}`)
}

const wordOf = <Word extends string>(
  entry: Entry,
  name: string,
  words: readonly Word[],
  otherwise: Word | undefined,
  place: string,
): Word => {
  const given = entry.get(name)
  const text = given === undefined ? otherwise : meaningOf(given)
  const word = words.find((known) => known === text)
  if (word === undefined) throw bad(`Expected ${name} to be one of ${words.join(', ')} in ${place}`)
  return word
}

// What would be kept of two writes of one key depends on their order, which a transaction does not have.
const refuseTwice = (operations: readonly KvOperation[]): void => {
  const seen = new Set<string>()
  for (const [index, { op, realm, key }] of operations.entries()) {
    const name = `${realm} ${key}`
    if (seen.has(name)) throw bad(`Operation ${index} (${op}) names a key that another operation names`)
    seen.add(name)
  }
}

const ofSets: readonly string[] = ['value', 'content_type', 'metadata', 'ttl', 'expires']
const known: readonly string[] = ['op', 'realm', 'key', 'if_match', 'if_none_match', ...ofSets]

const bad = (detail: string): ApiError => new ApiError('bad_body', { detail })
