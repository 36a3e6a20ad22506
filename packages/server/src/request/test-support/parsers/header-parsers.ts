import { chooseFormat } from '../../answer-format.js'
import { mediaType } from '../../media-type.js'
import { parsePage } from '../../page.js'
import { parsePreferences } from '../../prefer.js'
import { parseTimezone } from '../../timezone.js'
import { parseIfMatch } from '../../write-conditions.js'
import { http, type ParserCase } from './parser-case.js'

const settings = { defaultLimit: 0, maxLimit: 0 }

export const headerParsers: readonly ParserCase[] = [
  http(
    'Range',
    (range) => parsePage({ limit: '5', offset: '1', rangeUnit: 'items', range }, settings),
    ['0-9', '5-', ' 1-2 '],
    ['0', '9', '-', ' ', '\t', 'items=', ','],
  ),
  http(
    'Prefer',
    (text) => parsePreferences(text, { dbTxEnd: 'commit-allow-override', defaultTimezone: 'UTC' }),
    ['return=minimal, tx = rollback', 'timezone="Europe/Berlin" count=exact', 'handling=strict; max-affected=5'],
    [
      'return',
      '=',
      'minimal',
      ',',
      ';',
      ' ',
      '"',
      '\\',
      'tx=rollback',
      'timezone',
      'max-affected=',
      '1',
      'a',
      '\t',
      '"a',
    ],
  ),
  http(
    'Accept',
    (text) => chooseFormat(text, undefined),
    ['text/csv;q=0.5, */*', 'application/json', 'application/xml; charset="utf-8"'],
    ['text/csv', 'application/*', '*/*', '*', ',', ';', 'q=0.5', 'q=', 'charset=', '"', '/', ' ', 'a'],
  ),
  http(
    'Content-Type',
    mediaType,
    ['text/csv; charset=utf-8', 'application/json'],
    ['text/csv', ';', 'charset=', 'utf-8', '"', ' ', '='],
  ),
  http(
    'If-Match',
    (text) => parseIfMatch({ 'if-match': text }),
    ['"abcdefghijklmnopqrstuv"', '*'],
    ['"', 'W/', ',', '*', ' ', '\t', 'a', '"abc"', 'é'],
  ),
  http(
    'timezone',
    parseTimezone,
    ['UTC', '+05:30', 'America/Argentina/Buenos_Aires'],
    ['+', '-', ':', '0', '14', 'Europe', '/', 'Berlin', '_', 'é'],
  ),
]
