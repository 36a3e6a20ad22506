import type { Predicate, TableGetRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Format } from '../response/format.js'
import { chooseFormat } from './answer-format.js'
import { type Conditions, isConditional, parseConditions } from './conditions.js'
import type { Keyset } from './keyset.js'
import { parseOrdering, requireSelected } from './ordering.js'
import { hasRange, type PageTexts, parsePage } from './page.js'
import { parseParameters } from './parameters.js'
import { headerText } from './request-headers.js'
import { groupingOf, parseSelect } from './select.js'
import type { TableInput } from './table-input.js'

/** What a GET or HEAD on a table asks of the plugin, and the form it wants the rows in. */
export interface TableGet {
  readonly request: TableGetRequest
  readonly format: Format
  readonly conditions: Conditions
  /** The answer shall have an entity tag: the connection is set so, or the request depends on one. */
  readonly tagged: boolean
  /** The client walks by keys: it asks for links to the next page. */
  readonly walks: boolean
  /** Where the page begins, as the client sent it; undefined: at the first row. */
  readonly cursor: string | undefined
  /** The order in which there is a next page; undefined: no link is given. */
  readonly keyset?: Keyset | undefined
  /** Names the columns of the table where neither the request nor a row does. */
  readonly columns?: (() => Promise<readonly string[] | undefined>) | undefined
  /** With a keyset: the conditions without the cursor's. */
  readonly unpaged?: Predicate | undefined
}

/** GET and HEAD on a table as one typed request. Throws ApiError. */
export const parseTableGet = (input: TableInput): TableGet => {
  const { values, headers, settings, preferences } = input
  const { where, having, single } = parseParameters(input.query, parameters, values, 'having')
  const format = chooseFormat(headers.accept, single.get('format'))
  const select = parseSelect(single.get('select') ?? '', values)
  const grouping = groupingOf(select)
  const grouped = select.some(({ kind }) => kind === 'aggregate')
  if (!settings.aggregates && grouped) throw aggregatesOff()
  const distinct = parseFlag('distinct', single.get('distinct'))
  const ordering = parseOrdering(single.get('ordering') ?? '')
  if (grouped || distinct) requireSelected(ordering, select, grouped)
  const pageTexts = {
    limit: single.get('limit'),
    offset: single.get('offset'),
    rangeUnit: headerText(headers['range-unit']),
    range: headers.range,
  }
  const cursor = single.get('cursor')
  if (cursor !== undefined) refuseOtherStart(pageTexts)
  const request: TableGetRequest = {
    context: input.context(true),
    table: input.table,
    select,
    where,
    grouping,
    having,
    distinct,
    ordering,
    page: parsePage(pageTexts, settings),
    count: preferences.count ?? 'unspecified',
    lastKeyColumns: [],
    expectSingle: format === 'object',
    maxReplyBytes: 0,
  }
  return {
    request,
    format,
    conditions: parseConditions(headers),
    tagged: settings.enableCache || isConditional(headers),
    walks: cursor !== undefined || (preferences.paging === 'keyset' && !hasRange(pageTexts)),
    cursor,
  }
}

/** `true` or `false`; absent is false. Throws ApiError bad_parameter. */
export const parseFlag = (name: string, text: string | undefined): boolean => {
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  throw new ApiError('bad_parameter', {
    detail: `Expected ${name} to be true or false, got ${JSON.stringify(text.slice(0, 80))}`,
  })
}

const parameters = ['select', 'ordering', 'limit', 'offset', 'format', 'distinct', 'cursor']

const refuseOtherStart = (texts: PageTexts): void => {
  const other = texts.offset === undefined ? hasRange(texts) && 'Range' : 'offset'
  if (!other) return
  throw new ApiError('bad_parameter', {
    detail: `${other} and cursor both say where the page begins`,
    hint: `Leave ${other} out; limit says how long it is`,
  })
}

const aggregatesOff = (): ApiError =>
  new ApiError('aggregates_off', { hint: 'Set aggregates: true on the connection to allow them' })
