import { CsvEncoder } from './csv-encoder.js'
import { FormEncoder } from './form-encoder.js'
import type { Format } from './format.js'
import { JsonEncoder } from './json-encoder.js'
import { NdjsonEncoder } from './ndjson-encoder.js'
import type { RowEncoder } from './row-encoder.js'
import { XmlEncoder } from './xml-encoder.js'

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
