import { PluginError } from '@easyrest/protocol'
import { type Check, group } from '../check.js'
import { expectEqual, expectRefusal, expectThat, show } from '../expect.js'
import { compare, contextWith } from '../requests.js'
import { type ColumnUse, nullableUses } from '../seed.js'
import type { Subject } from '../subject.js'
import { suiteRow } from '../suite-rows.js'
import { Violation } from '../violation.js'

/** Writes a value and answers what is read, as JSON text; undefined: it was refused with bad_value naming the column. */
const roundTrip = async (subject: Subject, use: ColumnUse, json: string): Promise<string | undefined> => {
  const column = subject.column(use)
  try {
    await subject.create([suiteRow(100, { [use]: json })], { returning: 'none' })
  } catch (error) {
    if (!(error instanceof PluginError) || error.reason !== 'bad_value') throw error
    if (error.details.column === undefined) throw new Violation('details.column in the refusal', show(error))
    return undefined
  }
  const read = await subject.value(100, column)
  await subject.delete({ where: compare(subject.table.key, 'eq', '100') })
  return read
}

/** Each value comes back as it was written, or in the form that stands beside it. */
const comesBack =
  (use: ColumnUse, ...values: (string | [written: string, read: string])[]) =>
  async (subject: Subject): Promise<void> => {
    for (const value of values) {
      const [written, read] = typeof value === 'string' ? [value, value] : value
      const received = await roundTrip(subject, use, written)
      expectEqual(`${written} written into a ${use} column to read`, received ?? 'a refusal with bad_value', read)
    }
  }

/** Each value comes back exactly, or is refused: a database may hold less than JSON. */
const comesBackOrIsRefused =
  (use: ColumnUse, ...values: string[]) =>
  async (subject: Subject): Promise<void> => {
    for (const value of values) {
      const received = await roundTrip(subject, use, value)
      expectThat(received === undefined || received === value, `${value} read as written, or bad_value`, received)
    }
  }

const isRefused =
  (use: ColumnUse, ...values: string[]) =>
  async (subject: Subject): Promise<void> => {
    for (const value of values) {
      const error = await expectRefusal(subject.create([suiteRow(100, { [use]: value })]), 'bad_value')
      expectEqual(`details.column of the refusal of ${value}`, error.details.column, subject.column(use))
    }
    expectEqual('rows after refused writes', (await subject.keys()).length, 8)
  }

/** The value of each row of the suite finds its row as an operand. */
const isFoundBy =
  (use: ColumnUse, ...operands: [operand: string, keys: number[]][]) =>
  async (subject: Subject): Promise<void> => {
    for (const [operand, keys] of operands) {
      const found = await subject.keys(compare(subject.column(use), 'eq', operand))
      expectEqual(`keys of rows whose ${use} equals ${operand}:`, found, keys)
    }
  }

const rule = 'table.proto, Canonical JSON of values'
const exactly = 'table.proto, "never rounded or cut"'

export const valueChecks: readonly Check[] = group({ id: 'values', rule, needs: { role: 'db', writes: true } }, [
  {
    id: 'null',
    title: 'NULL is null in every kind of column',
    run: async (subject) => {
      for (const use of nullableUses) {
        const column = subject.table.columns[use]
        if (column !== undefined) expectEqual(`${use} of row 7`, await subject.value(7, column), 'null')
      }
    },
  },
  {
    id: 'integer',
    title: 'a 64-bit integer keeps all its digits',
    run: comesBack('integer', '0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'),
  },
  {
    id: 'integer-range',
    title: 'an integer beyond the column, or a fraction, is refused or kept, never rounded',
    rule: exactly,
    run: comesBackOrIsRefused('integer', '9223372036854775808', '1.5', '123456789012345678901234567890'),
  },
  {
    id: 'integer-kind',
    title: 'a text that is no number is refused for a number column, naming the column',
    rule: exactly,
    needs: { types: true },
    run: isRefused('integer', '"ten"', '{"a":1}', '[1]'),
  },
  {
    id: 'decimal',
    title: 'a decimal keeps its value exactly, or is refused',
    rule: exactly,
    needs: { columns: ['decimal'] },
    run: async (subject) => {
      for (const written of ['0.1', '19.99', '-0.01', '1234567890123.45', '12345678901234567890.123456789']) {
        const read = await roundTrip(subject, 'decimal', written)
        const same = read === undefined || withoutZeros(read) === withoutZeros(written)
        expectThat(same, `${written} with all its digits, or bad_value`, read)
      }
    },
  },
  {
    id: 'double',
    title: 'a double is read in the shortest form that is the same double',
    needs: { columns: ['double'] },
    run: async (subject) => {
      for (const written of ['0.1', '-2.5', '0.30000000000000004', '5e-324', '1e21', '123456.789', '1e-7']) {
        const read = await roundTrip(subject, 'double', written)
        expectThat(read !== undefined && Number(read) === Number(written), `the double ${written}`, read)
        const digits = (text: string) =>
          text
            .replace(/e[^e]*$/i, '')
            .replace(/[-.]/g, '')
            .replace(/^0+/, '')
            .replace(/(?<!0)0+$/, '')
        expectThat(digits(read!).length <= digits(written).length, `no more digits than ${written}`, read)
      }
    },
  },
  {
    id: 'text',
    title: 'text keeps every character and stays text',
    run: comesBack(
      'text',
      '""',
      '"007"',
      '"true"',
      '"null"',
      '"{}"',
      '" a\\tb\\n"',
      '"é😀\u2028\\"\\\\"',
      '"<&>\'`"',
      `"${'x'.repeat(10_000)}"`,
    ),
  },
  {
    id: 'text-nul',
    title: 'U+0000 in a text is kept or refused, and cuts nothing',
    rule: exactly,
    run: async (subject) => {
      const read = await roundTrip(subject, 'text', '"a\\u0000b"')
      expectThat(read === undefined || read === '"a\\u0000b"', '"a\\u0000b" as written, or bad_value', read)
    },
  },
  {
    id: 'boolean',
    title: 'booleans are true and false',
    needs: { columns: ['boolean'] },
    run: comesBack('boolean', 'true', 'false'),
  },
  {
    id: 'bytes',
    title: 'bytes are base64 with padding, on the way in and out',
    needs: { columns: ['bytes'] },
    run: comesBack(
      'bytes',
      '""',
      '"AA=="',
      '"AP8="',
      `"${Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64')}"`,
    ),
  },
  {
    id: 'bytes-kind',
    title: 'what is no base64 is refused',
    rule: exactly,
    needs: { columns: ['bytes'], types: true },
    run: isRefused('bytes', '"!!"', '"A"'),
  },
  {
    id: 'date',
    title: 'a date is YYYY-MM-DD',
    needs: { columns: ['date'] },
    run: comesBack('date', '"2024-02-29"', '"1970-01-01"', '"9999-12-31"'),
  },
  {
    id: 'date-kind',
    title: 'a day that does not exist is refused',
    rule: exactly,
    needs: { columns: ['date'], types: true },
    run: isRefused('date', '"2023-02-29"', '"yesterday"'),
  },
  {
    id: 'timestamp',
    title: 'a timestamp is RFC 3339 in the timezone of the request',
    needs: { columns: ['timestamp'] },
    run: async (subject) => {
      const column = subject.column('timestamp')
      const inZone = (timezone: string) => subject.value(2, column, { context: contextWith({ timezone }) })
      expectEqual('the timestamp in UTC', instant(await inZone('UTC')), '2024-06-01T12:00:00+00:00')
      expectEqual('the timestamp in Berlin', instant(await inZone('Europe/Berlin')), '2024-06-01T14:00:00+02:00')
      expectEqual('the timestamp at +05:30', instant(await inZone('+05:30')), '2024-06-01T17:30:00+05:30')
    },
  },
  {
    id: 'timestamp-offset',
    title: 'an offset in a written timestamp counts, and a fraction is kept',
    needs: { columns: ['timestamp'] },
    run: async (subject) => {
      const read = await roundTrip(subject, 'timestamp', '"2024-06-01T12:00:00.250+02:00"')
      expectEqual('the timestamp', read && instant(read), '2024-06-01T10:00:00.25+00:00')
    },
  },
  {
    id: 'local-timestamp',
    title: 'a timestamp without zone has no offset and does not move',
    needs: { columns: ['local_timestamp'] },
    run: async (subject) => {
      const context = contextWith({ timezone: 'Asia/Tokyo' })
      const read = await subject.value(2, subject.column('local_timestamp'), { context })
      expectEqual('the timestamp', read, '"2024-06-01T12:00:00"')
    },
  },
  {
    id: 'json',
    title: 'JSON is inlined',
    needs: { columns: ['json'] },
    run: async (subject) => {
      for (const written of ['{"a":[1,null,{"b":"é"}]}', '[]', '[1,"two"]', '{"n":12345678901234567890}']) {
        const read = await roundTrip(subject, 'json', written)
        expectEqual(`${written} to read`, read?.replace(/\s/g, ''), written)
      }
    },
  },
  {
    id: 'operands-integer',
    title: 'operands are converted to the type of an integer column',
    rule: 'table.proto, Comparison.operands',
    run: isFoundBy('integer', ['-5', [5]], ['0', [6]], ['9007199254740993', [8]]),
  },
  {
    id: 'operands-decimal',
    title: 'operands are converted to the type of a decimal column',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['decimal'] },
    run: isFoundBy('decimal', ['1.5', [1]], ['10', [3]], ['-3.750', [4]]),
  },
  {
    id: 'operands-double',
    title: 'operands are converted to the type of a double column',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['double'] },
    run: isFoundBy('double', ['0.1', [1]], ['1e300', [3]], ['0.30000000000000004', [8]]),
  },
  {
    id: 'operands-boolean',
    title: 'operands are converted to the type of a boolean column',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['boolean'] },
    run: isFoundBy('boolean', ['true', [1, 3, 5, 8]], ['false', [2, 4, 6]]),
  },
  {
    id: 'operands-bytes',
    title: 'operands of a bytes column are base64',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['bytes'] },
    run: isFoundBy('bytes', ['AP8=', [1]], ['', [6]]),
  },
  {
    id: 'operands-date',
    title: 'operands are converted to the type of a date column',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['date'] },
    run: isFoundBy('date', ['2024-02-29', [2]], ['1999-12-31', [4]]),
  },
  {
    id: 'operands-timestamp',
    title: 'an operand of a timestamp column is an instant, whatever its offset',
    rule: 'table.proto, Comparison.operands',
    needs: { columns: ['timestamp'] },
    run: isFoundBy(
      'timestamp',
      ['2024-06-01T12:00:00Z', [2]],
      ['2024-06-01T14:00:00+02:00', [2]],
      ['2024-06-01T12:00:00.5Z', [3]],
    ),
  },
])

/** `Z` and `+00:00` are the same offset, and zeros at the end of a fraction say nothing. */
const instant = (json: string): string =>
  String(JSON.parse(json))
    .replace(/Z$/, '+00:00')
    .replace(/\.\d+(?=[+-])/, withoutZeros)

const withoutZeros = (decimal: string): string =>
  decimal.includes('.') ? decimal.replace(/(?<!0)0+$/, '').replace(/\.$/, '') : decimal
