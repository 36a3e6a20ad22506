import { type ColumnDefinition, JsonScanError, type JsonValue, PluginError, parseJsonRow } from '@easyrest/protocol'

/** The default that a definition gives its column; undefined: none. Throws `bad_value`, naming the column. */
export const defaultValueOf = (definition: ColumnDefinition): JsonValue | undefined => {
  const { name, nullable, maxLength, defaultJson } = definition
  if (defaultJson.length === 0) return undefined
  const value = parseDefault(name, defaultJson)
  if (value.kind === 'null') {
    if (nullable) return undefined
    throw badColumn(name, 'may not be null, but its default is')
  }
  if (value.kind === 'string' && maxLength > 0 && [...value.text].length > maxLength) {
    throw badColumn(name, `has a default that is longer than its ${maxLength} characters`)
  }
  return value
}

/** The error for a column that cannot be made. */
export const badColumn = (name: string, problem: string): PluginError =>
  new PluginError('bad_value', `the column ${name} ${problem}`, { details: { column: name } })

const parseDefault = (name: string, json: Uint8Array): JsonValue => {
  try {
    const row = parseJsonRow(Buffer.concat([Buffer.from('{"value":'), json, Buffer.from('}')]))
    if (row.size === 1) return row.get('value')!
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error
  }
  throw badColumn(name, 'has a default that is not one JSON value')
}
