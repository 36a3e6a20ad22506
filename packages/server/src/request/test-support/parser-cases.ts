import { bodyParsers } from './parsers/body-parsers.js'
import { headerParsers } from './parsers/header-parsers.js'
import { kvParsers } from './parsers/kv-parsers.js'
import { operatorParsers } from './parsers/operator-parsers.js'
import type { ParserCase } from './parsers/parser-case.js'
import { urlParsers } from './parsers/url-parsers.js'

/** Every parser of text that somebody else wrote. */
export const parserCases: readonly ParserCase[] = [
  ...urlParsers,
  ...headerParsers,
  ...bodyParsers,
  ...kvParsers,
  ...operatorParsers,
]
