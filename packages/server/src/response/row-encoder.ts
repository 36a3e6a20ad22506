import { CsvEncoder } from './csv-encoder.js'
import { FormEncoder } from './form-encoder.js'
import type { Format } from './format.js'
import { NdjsonEncoder } from './ndjson-encoder.js'
import { XmlEncoder } from './xml-encoder.js'

/** Writes the rows of one answer in one format. */
export interface RowEncoder {
  /** @param rows whole JSON objects separated by commas, at least one. Throws ApiError plugin_error when they are not */
  encode(rows: Uint8Array): Iterable<Uint8Array>
  /** What stands behind the last row. */
  end(): Iterable<Uint8Array>
}

/** @param columns the members of every row, when the request names them */
export const createRowEncoder = (format: Format, columns: readonly string[] | undefined): RowEncoder => {
  switch (format) {
    case 'csv':
      return new CsvEncoder(columns)
    case 'ndjson':
      return new NdjsonEncoder()
    case 'xml':
      return new XmlEncoder()
    case 'form':
      return new FormEncoder()
    default:
      return new JsonEncoder()
  }
}

/** One array; the rows stay the bytes they are. */
class JsonEncoder implements RowEncoder {
  private empty = true

  encode(rows: Uint8Array): Uint8Array[] {
    const before = this.empty ? openBracket : comma
    this.empty = false
    return [before, rows]
  }

  end(): Uint8Array[] {
    return [this.empty ? emptyArray : closeBracket]
  }
}

const openBracket = Buffer.from('[')
const comma = Buffer.from(',')
const closeBracket = Buffer.from(']')
const emptyArray = Buffer.from('[]')
