import { parseArgumentsBody, parseRowBody, parseRowsBody } from '../../body.js'
import { bodyToJson } from '../../body-to-json.js'
import { parseStatement } from '../../statement.js'
import { http, jsonWords, type ParserCase, values } from './parser-case.js'

const bodyOf = (type: string) => (text: string) => parseRowsBody(bodyToJson(type, Buffer.from(text), 'rows'), values)

export const bodyParsers: readonly ParserCase[] = [
  http(
    'JSON rows',
    (text) => parseRowsBody(Buffer.from(text), values),
    ['[{"a":1},{"a":null}]', '{"a":"erctx.claims_sub"}'],
    jsonWords,
  ),
  http('JSON row', (text) => parseRowBody(Buffer.from(text), values), ['{"a":{"b":[1,2]}}'], jsonWords),
  http('JSON arguments', (text) => parseArgumentsBody(Buffer.from(text), values), ['{}', '{"a":1e400}'], jsonWords),
  http('NDJSON', bodyOf('application/x-ndjson'), ['{"a":1}\n{"a":2}\n'], [...jsonWords, '\n', '\r\n', '{"a":1}\n']),
  http(
    'CSV',
    bodyOf('text/csv'),
    ['a,b\r\n1,"x,""y"""\r\n', '\ufeffa\n1\n'],
    ['"', '\\', '\\"', '""', ',', ' ', 'a', '%', '\t', '\r\n', '\n', '\r', '\ufeff', '\0'],
  ),
  http(
    'form',
    bodyOf('application/x-www-form-urlencoded'),
    ['a=1&b=%41+'],
    ['a', 'b', '=', '&', '%41', '%', '+', ' ', '\n'],
  ),
  http('statement', (text) => parseStatement(Buffer.from(text)), ['SELECT 1'], ['SELECT', ' ', '\n', '--', '\0']),
]
