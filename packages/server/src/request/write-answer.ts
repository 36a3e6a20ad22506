import type { Projection } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Format } from '../response/format.js'
import { chooseFormat, chooseRowsFormat, wantsOneRow } from './answer-format.js'
import type { Preferences } from './prefer.js'
import { parseSelect } from './select.js'
import type { TableInput } from './table-input.js'

/** What the answer of a write holds, by its method and the preference `return`. */
export interface WriteAnswer {
  /** rows: those written; location: a link to the one created; count: how many were changed; nothing: an empty body */
  readonly kind: 'rows' | 'location' | 'count' | 'nothing'
  readonly format: Format
  /** Nothing is kept unless exactly one row was written. */
  readonly single: boolean
  /** The members of the answered rows; empty: whole rows. */
  readonly select: readonly Projection[]
}

/** Whether a write answers rows, and in which form. Throws ApiError not_acceptable, bad_parameter. */
export const parseWriteAnswer = (
  kind: WriteAnswer['kind'],
  input: TableInput,
  single: ReadonlyMap<string, string>,
): WriteAnswer => {
  const parameter = single.get('format')
  const { accept } = input.headers
  const format = formatOf(kind, input, parameter)
  const hasForm = kind === 'rows' || kind === 'count'
  return {
    kind,
    format,
    single: hasForm ? format === 'object' : wantsOneRow(accept, parameter),
    select: kind === 'rows' ? parseRowSelect(input, single) : [],
  }
}

const formatOf = (kind: WriteAnswer['kind'], { headers }: TableInput, parameter: string | undefined): Format => {
  if (kind === 'rows') return chooseRowsFormat(headers.accept, parameter, headers['content-type'])
  return kind === 'count' ? chooseFormat(headers.accept, parameter, countFormats) : 'json'
}

/**
 * How many rows a write may touch: no more than the client allows, nor than a form can hold. An answer that turned out not to
 * be possible would come when all is done.
 */
export const mostAffected = (format: Format, { maxAffected }: Preferences): number | undefined =>
  format === 'form' ? Math.min(maxAffected ?? 1, 1) : maxAffected

// A count is an object.
const countFormats = ['json', 'object'] as const

/** A projection of rows, not of groups. Throws ApiError bad_parameter. */
export const parseRowSelect = ({ values }: TableInput, single: ReadonlyMap<string, string>): readonly Projection[] => {
  const select = parseSelect(single.get('select') ?? '', values)
  if (!select.some(({ kind }) => kind === 'aggregate')) return select
  throw new ApiError('bad_parameter', {
    detail: 'The select of a write names columns, and takes no aggregates',
    hint: 'Read the aggregates with a GET',
  })
}
