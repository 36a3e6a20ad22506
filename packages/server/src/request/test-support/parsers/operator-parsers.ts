import { connectionScheme, PluginError, redactUri, uriOptions } from '@easyrest/protocol'
import { parseTokenPart } from '../../../auth/parse-token-part.js'
import { TokenError } from '../../../auth/token-error.js'
import { BadValue } from '../../../config/bad-value.js'
import { parseDuration } from '../../../config/parse-duration.js'
import { parseListenAddress } from '../../../config/parse-listen-address.js'
import { parseSize } from '../../../config/parse-size.js'
import { parseTimezone as parseConfiguredTimezone } from '../../../config/parse-timezone.js'
import { jsonWords, type ParserCase } from './parser-case.js'

const isBadValue = (error: unknown): boolean => error instanceof BadValue
const isBadUri = (error: unknown): boolean => error instanceof PluginError && error.reason === 'bad_value'
const isNever = (): boolean => false

export const operatorParsers: readonly ParserCase[] = [
  {
    name: 'part of a token',
    parse: (text) => parseTokenPart(Buffer.from(text), 'payload'),
    isRefusal: (error) => error instanceof TokenError,
    samples: ['{"sub":"a","n":9007199254740993}', '{"a":{"b":[1,{"c":"\\""}]}}'],
    words: jsonWords,
  },
  {
    name: 'duration',
    parse: parseDuration,
    isRefusal: isBadValue,
    samples: ['30s', '1m30s', '1.5h'],
    words: ['1', '.', 's', 'm', 'h', 'ms', '0', ' '],
  },
  {
    name: 'size',
    parse: parseSize,
    isRefusal: isBadValue,
    samples: ['10MB', '1.5 KiB'],
    words: ['1', '.', 'k', 'M', 'i', 'B', ' ', '0'],
  },
  {
    name: 'listen address',
    parse: parseListenAddress,
    isRefusal: isBadValue,
    samples: ['127.0.0.1:80', '[::1]:0', '/run/x'],
    words: ['1', '.', ':', '[', ']', '/', 'unix:', 'a', '%'],
  },
  {
    name: 'configured timezone',
    parse: parseConfiguredTimezone,
    isRefusal: isBadValue,
    samples: ['UTC', '-11:30'],
    words: ['+', ':', '0', 'Europe', '/', 'Berlin'],
  },
  {
    name: 'scheme',
    parse: connectionScheme,
    isRefusal: isNever,
    samples: ['sqlite://x'],
    words: ['a', ':', '/', '+', '.', '-', '://'],
  },
  {
    name: 'URI without secrets',
    parse: redactUri,
    isRefusal: isNever,
    samples: ['postgres://u:p@h/db?password=x&y=1'],
    words: ['a', '://', ':', '@', '?', '&', ';', '=', 'pass', 'token', 'key', ' ', '/', 'pass='],
  },
  {
    name: 'options of a URI',
    parse: (text) => uriOptions(text, ['a', 'pool']),
    isRefusal: isBadUri,
    samples: ['a=1&pool=%41'],
    words: ['a', 'pool', '=', '&', '%41', '%', '+'],
  },
]
