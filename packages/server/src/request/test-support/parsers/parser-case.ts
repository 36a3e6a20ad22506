import { ApiError } from '../../../errors.js'
import { KvRefusal } from '../../../kv/request/kv-refusal.js'
import { contextValues } from '../../context-values.js'

/** A parser of text from outside, and what it takes to try it. */
export interface ParserCase {
  readonly name: string
  /** Answers anything, or throws what `isRefusal` knows. */
  readonly parse: (text: string) => unknown
  readonly isRefusal: (error: unknown) => boolean
  /** Texts that it accepts. */
  readonly samples: readonly string[]
  /** What texts for it are made of. */
  readonly words: readonly string[]
}

/** One whose text a client sends. */
export const http = (
  name: string,
  parse: ParserCase['parse'],
  samples: readonly string[],
  words: readonly string[],
): ParserCase => ({ name, parse, isRefusal: isClientsFault, samples, words })

const isClientsFault = (error: unknown): boolean => {
  if (error instanceof KvRefusal) return error.kopanoStatus >= 400 && isClientsFault(error.error)
  return error instanceof ApiError && error.status >= 400 && error.status < 500
}

export const values = contextValues('{"headers":{"x":"1"},"claims":{"sub":"a","list":[1,2]}}')

export const jsonWords: readonly string[] = [
  ...['{', '}', '[', ']', ':', ',', ' ', '\\', '1', '-0.5e9', 'null', 'true'],
  ...['"a"', '"b":', '"\\u0041"', '"erctx.x"'],
]
