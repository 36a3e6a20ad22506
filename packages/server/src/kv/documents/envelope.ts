import type { KvPreset } from '../../config/kv-config.js'
import { decodeKey } from '../keys/key.js'
import { type Document, forever, isJsonType } from './document.js'
import { indentJson } from './indent-json.js'
import { printString } from './print-string.js'

/**
 * A document as JSON, one character for each byte. In the preset kopano the members and every byte are Kopano's; in
 * `plain` the content type is always there, with what else is known, and a batch takes it back as it is.
 */
export const envelope = (document: Document, preset: KvPreset): string => {
  const { key, value, contentType } = document
  const json = isJsonType(contentType) ? indentJson(value.toString('latin1'), '  ') : undefined
  const members = [`"key": ${printString(decodeKey(key))}`, `"value": ${json ?? `"${value.toString('base64')}"`}`]
  const names = preset === 'plain' || (contentType !== '' && json === undefined)
  if (names) members.push(`"content_type": ${printString(Buffer.from(contentType, 'latin1'))}`)
  if (preset === 'plain') members.push(...further(document))
  return `{\n  ${members.join(',\n  ')}\n}`
}

const further = ({ revision, liveUntil, metadata }: Document): string[] => [
  `"revision": "${revision}"`,
  ...(liveUntil === forever ? [] : [`"expires": ${liveUntil / 1000}`]),
  ...(metadata === undefined ? [] : [`"metadata": ${Buffer.from(metadata).toString('latin1')}`]),
]
