import type { CallFunctionRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Format } from '../response/format.js'
import { chooseFormat, takesJson } from './answer-format.js'
import { parseArgumentsBody } from './body.js'
import { bodyToJson } from './body-to-json.js'
import { type ContextValues, resolveOperand } from './context-values.js'
import { identifier } from './identifier.js'
import { parseOrdering } from './ordering.js'
import { hasRange, type PageTexts, parsePage } from './page.js'
import { isCondition, parseParameters } from './parameters.js'
import type { QueryString } from './query-string.js'
import { headerText } from './request-headers.js'
import { parseSelect } from './select.js'
import type { TableInput } from './table-input.js'
import { mostAffected } from './write-answer.js'

/** What a request on a function asks of the plugin, and the form it wants the result in. */
export interface FunctionCall {
  readonly request: CallFunctionRequest
  /** Of a set of rows; of a value JSON is the only one. */
  readonly format: Format
  /** A value that is no set would do too. */
  readonly takesValue: boolean
  /** The client wants some of the rows, or a part of them: the result must be a set. */
  readonly filtered: boolean
}

export interface FunctionInput extends Omit<TableInput, 'table'> {
  readonly function: string
}

/** GET and HEAD: the function cannot write, and parameters that are none of a read's are its arguments. Throws ApiError. */
export const parseFunctionGet = (input: FunctionInput): FunctionCall => {
  const own = input.query.filter(([name]) => isOwnParameter(name))
  const { request, ...call } = functionCall(input, own, argumentsOf(input))
  return { ...call, request: { ...request, context: input.context(true) } }
}

/**
 * POST: the arguments are the body's members. Nothing is written for a result that the client cannot use, so the plugin is
 * told which it must be. Throws ApiError.
 */
export const parseFunctionPost = (input: FunctionInput, body: Buffer): FunctionCall => {
  const given = parseArgumentsBody(bodyToJson(input.headers['content-type'], body, 'row'), input.values)
  const { request, ...call } = functionCall(input, input.query, given)
  const maxAffected = mostAffected(call.format, input.preferences)
  const expectSet = call.filtered || !call.takesValue || input.preferences.maxAffected !== undefined
  return { ...call, request: { ...request, context: input.context(false), expectSet, maxAffected } }
}

const functionCall = (input: FunctionInput, query: QueryString, given: Uint8Array): FunctionCall => {
  const { values, headers, settings, preferences } = input
  const { where, single } = parseParameters(query, parameters, values)
  const select = parseSelect(single.get('select') ?? '', values)
  if (select.some(({ kind }) => kind === 'aggregate')) throw noAggregates()
  const ordering = parseOrdering(single.get('ordering') ?? '')
  const page: PageTexts = {
    limit: single.get('limit'),
    offset: single.get('offset'),
    rangeUnit: headerText(headers['range-unit']),
    range: headers.range,
  }
  const format = chooseFormat(headers.accept, single.get('format'))
  return {
    request: {
      context: undefined,
      function: input.function,
      arguments: given,
      select,
      where,
      ordering,
      page: parsePage(page, settings),
      maxReplyBytes: 0,
      count: preferences.count ?? 'unspecified',
      expectSet: false,
      expectSingle: format === 'object',
      maxAffected: undefined,
    },
    format,
    takesValue: format === 'object' || takesJson(headers.accept, single.get('format')),
    filtered:
      where !== undefined ||
      [...select, ...ordering].length > 0 ||
      (page.limit ?? page.offset) !== undefined ||
      hasRange(page),
  }
}

const parameters = ['select', 'ordering', 'limit', 'offset', 'format']

/** Whether a parameter of a GET says what to do with the rows; any other is an argument. */
export const isOwnParameter = (name: string): boolean => isCondition(name) || parameters.includes(name)

/** A JSON object of texts, which the plugin converts to the types of the arguments. */
const argumentsOf = ({ query, values }: { query: QueryString; values: ContextValues }): Buffer => {
  const members = new Map<string, string>()
  for (const [name, value] of query) {
    if (isOwnParameter(name)) continue
    const argument = identifier(name, 'an argument')
    if (members.has(argument)) throw new ApiError('bad_parameter', { detail: `The argument ${argument} occurs twice` })
    members.set(argument, resolveOperand(value, values))
  }
  return Buffer.from(
    `{${[...members].map((member) => member.map((text) => JSON.stringify(text)).join(':')).join(',')}}`,
  )
}

const noAggregates = (): ApiError =>
  new ApiError('bad_parameter', { detail: 'The rows of a function cannot be aggregated; select takes columns' })
