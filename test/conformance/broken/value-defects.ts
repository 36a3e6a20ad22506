import type { RequestContext } from '@easyrest/plugin'
import { givenText, mapRows, mapText, onGet, same } from './altered.js'
import type { Defect } from './defects.js'
import { predicates } from './where-defects.js'

const rounded = (text: string): string => text.replace(/-?\d{16,}/g, (digits) => String(BigInt(Number(digits))))

/** Conditions on a column compare texts. */
const comparesTexts = (column: string, ...known: string[]): Defect =>
  predicates((it) =>
    it.kind === 'comparison' && it.column === column && !known.includes(it.operands[0]!)
      ? { kind: 'or', items: [] }
      : it,
  )

const answering = (change: (value: unknown) => unknown): Defect =>
  onGet(
    same,
    mapRows((row) => (Object.keys(row).join() === 'v' ? { v: change(row.v) } : row)),
  )

const inUtc = (context: RequestContext | undefined) => context && { ...context, timezone: 'UTC' }

export const valueDefects: Readonly<Record<string, Defect>> = {
  'values.null': answering((value) => value ?? ''),
  'values.integer': onGet(same, mapText(rounded)),
  'values.integer-range': givenText((text) => text.replace('9223372036854775808', '9223372036854775807')),
  'values.integer-kind': givenText((text) => text.replace('"ten"', '10')),
  'values.decimal': givenText((text) => text.replace('12345678901234567890.123456789', '12345678901234567000')),
  'values.double': answering((value) => (typeof value === 'number' ? Number(value.toPrecision(15)) : value)),
  'values.text': givenText((text) => text.replace('" a', '"a')),
  'values.text-nul': givenText((text) => text.replace('\\u0000b', '')),
  'values.boolean': answering((value) => (typeof value === 'boolean' ? Number(value) : value)),
  'values.bytes': answering((value) => (typeof value === 'string' ? value.replaceAll('=', '') : value)),
  'values.bytes-kind': givenText((text) => text.replace('"!!"', '""')),
  'values.date': answering((value) => (typeof value === 'string' ? `${value}T00:00:00` : value)),
  'values.date-kind': givenText((text) => text.replace('"2023-02-29"', '"2023-03-01"')),
  'values.timestamp': onGet((request) => ({ ...request, context: inUtc(request.context) })),
  'values.timestamp-offset': givenText((text) => text.replace('.250+02:00', '.250Z')),
  'values.local-timestamp': answering((value) => (typeof value === 'string' ? `${value}Z` : value)),
  'values.json': answering((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
  'values.operands-integer': predicates((it) =>
    it.kind === 'comparison' ? { ...it, operands: it.operands.map(rounded) } : it,
  ),
  'values.operands-decimal': comparesTexts('price', '1.50', '10.00'),
  'values.operands-double': comparesTexts('ratio', '0.1'),
  'values.operands-boolean': comparesTexts('active', '1', '0'),
  'values.operands-bytes': comparesTexts('data', '\u0000ÿ'),
  'values.operands-date': comparesTexts('day', '2024-02-29'),
  'values.operands-timestamp': comparesTexts('at', '2024-06-01T12:00:00Z'),
}
