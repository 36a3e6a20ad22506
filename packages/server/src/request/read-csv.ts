import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { ApiError } from '../errors.js'

/**
 * The rows of a CSV text (RFC 4180) whose first line names the columns. Cells are texts; an empty cell without quotes is
 * NULL and `""` is the empty text, as in the CSV that is answered. Throws ApiError bad_body, duplicate_member.
 */
export const readCsv = (body: Buffer): Map<string, string | null>[] => {
  if (!isUtf8(body)) throw new ApiError('bad_body', { detail: 'Expected CSV in UTF-8' })
  const [header, ...records] = parseRecords(body)
  if (header === undefined) throw new ApiError('bad_body', { detail: 'Expected a line with the names of columns' })
  const names = header.map((name) => name ?? '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new ApiError('duplicate_member', { detail: `The column ${JSON.stringify(twice)} occurs twice in the CSV` })
  }
  return records.map((cells) => new Map(cells.map((cell, index) => [names[index]!, cell])))
}

const parseRecords = (body: Buffer): (string | null)[][] => {
  try {
    return parse(body, {
      bom: true,
      skip_empty_lines: true,
      cast: (cell, { quoting }) => (cell === '' && !quoting ? null : cell),
    })
  } catch (error) {
    if (error instanceof CsvError) throw new ApiError('bad_body', { detail: `In the CSV, ${error.message}` })
    throw error
  }
}
