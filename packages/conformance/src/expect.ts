import { isDeepStrictEqual } from 'node:util'
import { CallError } from '@easyrest/host'
import { PluginError } from '@easyrest/protocol'
import { Violation } from './violation.js'

/** Throws Violation unless both are equal, member by member. @param what names the thing compared, e.g. "rows" */
export const expectEqual = (what: string, received: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(received, expected)) throw new Violation(`${what} ${show(expected)}`, show(received))
}

/** Throws Violation unless `holds`. */
export const expectThat = (holds: boolean, expected: string, received: unknown): void => {
  if (!holds) throw new Violation(expected, show(received))
}

/** The error of a call that must be refused, with one of `reasons` when there are any. */
export const expectRefusal = async (call: Promise<unknown>, ...reasons: string[]): Promise<PluginError> => {
  const expected = `a refusal with reason ${reasons.join(' or ') || 'of the contract'}`
  const error = await call.then(
    (answer) => {
      throw new Violation(expected, `the answer ${show(answer)}`)
    },
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof PluginError)) throw error instanceof CallError ? new Violation(expected, show(error)) : error
  if (reasons.length > 0 && !reasons.includes(error.reason)) throw new Violation(expected, show(error))
  expectNoStatement(error.message)
  return error
}

/** A value for a report: at most 600 characters, bytes as the text they hold. */
export const show = (value: unknown): string => {
  if (value instanceof PluginError) return `the refusal ${value.reason}: ${value.message}`
  if (value instanceof CallError) return `the failed call (${value.kind}): ${value.message}${causeOf(value)}`
  if (value instanceof Error) return value.message
  if (typeof value === 'string') return clip(value) || 'an empty text'
  return clip(JSON.stringify(value, printable) ?? String(value))
}

const printable = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (isBufferJson(value)) return Buffer.from(value.data).toString('utf8')
  return value
}

const isBufferJson = (value: unknown): value is { data: number[] } =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer' && 'data' in value

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? ` (${cause.message})` : '')

const clip = (text: string): string =>
  text.length <= 600 ? text : `${text.slice(0, 590)}... (${text.length} characters)`

// The message goes to clients.
const expectNoStatement = (message: string): void => {
  if (statementWords.some((words) => holdsInOrder(message, words)))
    throw new Violation('a message for the client, without a statement of the database', message)
}

const statementWords = [
  ['select', 'from'],
  ['insert', 'into'],
  ['update', 'set'],
  ['delete', 'from'],
]

const holdsInOrder = (text: string, words: readonly string[]): boolean => {
  const found = text.toLowerCase().split(/\W+/)
  let position = 0
  for (const word of words) {
    const next = found.indexOf(word, position)
    if (next < 0) return false
    position = next + 1
  }
  return true
}
