import { computedColumn, type PostgresColumn } from './postgres-table.js'
import { valueKindOf } from './value-kind.js'

/** A function or procedure; others may have the same name. */
export interface PostgresFunction {
  readonly schema: string
  readonly name: string
  readonly isProcedure: boolean
  /** What it takes, in its order. */
  readonly parameters: readonly FunctionParameter[]
  readonly answers: FunctionAnswers
  /** The columns of its rows, the members of its object, or its one value. */
  readonly fields: readonly PostgresColumn[]
  readonly comment: string | null
}

export interface FunctionParameter {
  readonly column: PostgresColumn
  readonly isOptional: boolean
  readonly isVariadic: boolean
}

/**
 * Rows; the members of one object; one object of a composite type, which may be NULL; one value; nothing; or rows whose
 * columns only the caller's SQL could say.
 */
export type FunctionAnswers = 'set' | 'members' | 'composite' | 'value' | 'nothing' | 'unknown'

/** A function as describe-functions.ts has the server print it. */
export interface FunctionDescription {
  readonly schema: string
  readonly name: string
  readonly procedure: boolean
  readonly set: boolean
  /** How many of the last arguments that go in have a default. */
  readonly defaults: number
  readonly variadic: boolean
  readonly comment: string | null
  readonly arguments: readonly ArgumentDescription[]
  readonly result: TypeDescription
  readonly fields: readonly { readonly name: string; readonly type: TypeDescription }[]
}

interface ArgumentDescription {
  readonly name: string
  readonly mode: 'i' | 'o' | 'b' | 'v' | 't'
  readonly type: TypeDescription
}

interface TypeDescription {
  readonly type: string
  readonly base: string
  readonly class: string
  readonly builtIn: boolean
  readonly modifier: number
  readonly array: boolean
  readonly labels: readonly string[] | null
  readonly members: readonly string[] | null
}

export const functionOf = (description: FunctionDescription): PostgresFunction => {
  const fields = fieldsOf(description)
  return {
    schema: description.schema,
    name: description.name,
    isProcedure: description.procedure,
    parameters: parametersOf(description),
    answers: answersOf(description, fields),
    fields,
    comment: description.comment,
  }
}

const parametersOf = ({ arguments: all, defaults }: FunctionDescription): FunctionParameter[] => {
  const taken = all.filter(({ mode }) => mode === 'i' || mode === 'b' || mode === 'v')
  return taken.map(({ name, mode, type }, index) => ({
    column: columnOf(name, type),
    isOptional: index >= taken.length - defaults || mode === 'v',
    isVariadic: mode === 'v',
  }))
}

const answersOf = (
  { set, result, arguments: all }: FunctionDescription,
  fields: readonly PostgresColumn[],
): FunctionAnswers => {
  const outputs = all.filter(isOutput)
  if (result.base === 'void' || (fields.length === 0 && result.class === 'p' && result.base !== 'record'))
    return 'nothing'
  if (result.base === 'record' && outputs.length === 0) return 'unknown'
  if (set) return 'set'
  if (outputs.length > 1) return 'members'
  return result.class === 'c' ? 'composite' : 'value'
}

const isOutput = ({ mode }: ArgumentDescription): boolean => mode === 'o' || mode === 'b' || mode === 't'

const fieldsOf = ({ name, arguments: all, fields, result }: FunctionDescription): PostgresColumn[] => {
  const outputs = all.filter(isOutput)
  if (outputs.length > 0) {
    return outputs.map((output, index) => columnOf(output.name || `column${index + 1}`, output.type))
  }
  if (fields.length > 0) return fields.map((field) => columnOf(field.name, field.type))
  return result.base === 'void' ? [] : [columnOf(name, result)]
}

const columnOf = (
  name: string,
  { type, labels, members, array, modifier, ...rest }: TypeDescription,
): PostgresColumn => ({
  ...computedColumn(name, valueKindOf(rest), type),
  modifier,
  labels,
  isArray: array,
  isComposite: rest.class === 'c',
  members,
})
