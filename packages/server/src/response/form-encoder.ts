import type { JsonValue } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { parseRow } from './parse-row.js'
import type { RowEncoder } from './row-encoder.js'
import { splitRows } from './row-splitter.js'

/** A form has one row: `name=value&...`. NULL is left out; objects and arrays are their JSON text. No row: nothing. */
export class FormEncoder implements RowEncoder {
  private row: Uint8Array | undefined

  /** Throws ApiError not_acceptable at the second row, before anything has been written. */
  encode(rows: Uint8Array): Uint8Array[] {
    splitRows(rows, (start, end) => {
      if (this.row !== undefined) throw moreThanOneRow()
      this.row = rows.slice(start, end)
    })
    return []
  }

  end(): Uint8Array[] {
    if (this.row === undefined) return []
    const pairs = [...parseRow(this.row)].flatMap(([name, value]) =>
      value.kind === 'null' ? [] : [[name, textOf(value)] as [string, string]],
    )
    return [Buffer.from(new URLSearchParams(pairs).toString())]
  }
}

const textOf = (value: JsonValue): string => ('text' in value ? value.text : value.kind)

export const moreThanOneRow = (cause?: unknown): ApiError =>
  new ApiError('not_acceptable', {
    detail: 'Expected one row, which is what a form can hold, found more',
    hint: 'Add limit=1 or a condition, or ask for another format',
    cause,
  })
