import { type JsonValue, parseJsonRow } from '@easyrest/protocol'
import type { PostgresFunction } from '../catalog/postgres-function.js'
import type { PostgresColumn } from '../catalog/postgres-table.js'

/**
 * Arguments that stood in a URL, where all of them are texts. What is JSON in the text of one whose type takes JSON is meant
 * as that; in a body a text is a text.
 */
export const urlArguments = ({ parameters }: PostgresFunction, body: Buffer): Buffer => {
  const taking = parameters.map(({ column }) => column).filter(takesJson)
  if (taking.length === 0) return body
  const names = taking.map(({ name }) => name)
  const members = [...parseJsonRow(body)].map(([name, value]) => {
    const isMeant = names.includes(name) && value.kind === 'string' && isJson(value.text)
    return `${JSON.stringify(name)}:${isMeant ? value.text : printed(value)}`
  })
  return Buffer.from(`{${members.join(',')}}`)
}

const takesJson = ({ kind, isArray, isComposite }: PostgresColumn): boolean =>
  kind === 'json' || kind === 'jsonb' || isArray || isComposite

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const printed = (value: JsonValue): string =>
  value.kind === 'string' ? JSON.stringify(value.text) : 'text' in value ? value.text : value.kind
