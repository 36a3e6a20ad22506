import type { ValueCase } from '../support/value-cases.js'

export const valueCases: readonly ValueCase[] = [
  { type: 'smallint', stored: '-32768', answered: '-32768', accepted: ['"-32768"'], refused: ['32768', '1.5', 'true'] },
  {
    type: 'integer',
    stored: '42',
    answered: '42',
    accepted: ['42.0', '4.2e1'],
    refused: ['2147483648', '1.5', '"ten"', '[1]'],
  },
  { type: 'bigint', stored: '9007199254740993', answered: '9007199254740993', refused: ['9223372036854775808'] },
  { type: 'numeric', stored: '12345678901234567890.10', answered: '12345678901234567890.10', refused: ['"abc"'] },
  { type: 'numeric', stored: `'NaN'`, answered: 'null', refused: ['"NaN"'] },
  {
    type: 'numeric(6,2)',
    stored: '19.9',
    answered: '19.90',
    accepted: ['19.9', '"19.900"'],
    refused: ['1.005', '12345'],
  },
  { type: 'real', stored: '0.1', answered: '0.1', refused: ['16777217', '1e39'] },
  {
    type: 'double precision',
    stored: '1e300',
    answered: '1e+300',
    accepted: ['1e300'],
    refused: ['1e400', '0.10000000000000001'],
  },
  { type: 'double precision', stored: `'-Infinity'`, answered: 'null', refused: ['"-Infinity"'] },
  { type: 'money', stored: '12.5', answered: '"$12.50"' },
  { type: 'boolean', stored: 'true', answered: 'true', accepted: ['1', '"true"'], refused: ['2', '"yes"'] },
  { type: 'text', stored: `E'a"\\\\\\n'`, answered: '"a\\"\\\\\\n"', refused: ['5', 'true', '{}', '"\\u0000"'] },
  { type: 'varchar(3)', stored: `'abc'`, answered: '"abc"', refused: ['"abcd"', '"abc "'] },
  { type: 'char(3)', stored: `'a'`, answered: '"a  "', accepted: ['"a"'], refused: ['"abcd"'] },
  { type: 'bytea', stored: `'\\x00ff'`, answered: '"AP8="', refused: ['"AP8"', '"AP9="', '"_w=="', '5'] },
  {
    type: 'date',
    stored: `'2024-06-01'`,
    answered: '"2024-06-01"',
    refused: ['"2023-02-29"', '"tomorrow"', '"2024-06-01T10:00:00"'],
  },
  { type: 'date', stored: `'infinity'`, answered: '"infinity"' },
  {
    type: 'time',
    stored: `'12:30:00.5'`,
    answered: '"12:30:00.5"',
    refused: ['"12:30:00.1234567"', '"25:00"', '"12:00Z"'],
  },
  { type: 'timetz', stored: `'12:30+02'`, answered: '"12:30:00+02"' },
  {
    type: 'timestamp',
    stored: `'2024-06-01 12:00:00.25'`,
    answered: '"2024-06-01T12:00:00.25"',
    accepted: ['"2024-06-01 12:00:00.250"'],
    refused: ['"2024-06-01T12:00:00Z"', '"now"', '"2024-06-01T12:00:00.1234567"'],
  },
  {
    type: 'timestamptz',
    stored: `'2024-06-01 12:00:00+00'`,
    answered: '"2024-06-01T14:00:00+02:00"',
    accepted: ['"2024-06-01T12:00:00Z"', '"2024-06-01T14:00:00"'],
    refused: ['"2016-12-31T23:59:60Z"', '5'],
  },
  {
    type: 'timestamptz(0)',
    stored: `'2024-06-01 12:00:00+00'`,
    answered: '"2024-06-01T14:00:00+02:00"',
    refused: ['"2024-06-01T12:00:00.5Z"'],
  },
  {
    type: 'interval',
    stored: `'1 day 02:03:04.5'`,
    answered: '"1 day 02:03:04.5"',
    accepted: ['"P1DT2H3M4.5S"'],
    refused: ['"soon"'],
  },
  {
    type: 'uuid',
    stored: `'550e8400-e29b-41d4-a716-446655440000'`,
    answered: '"550e8400-e29b-41d4-a716-446655440000"',
    refused: ['"x"', '5'],
  },
  {
    type: 'json',
    stored: `'{"a": [1, 2.50], "a2":null}'`,
    answered: '{"a": [1, 2.50], "a2":null}',
    accepted: [],
    refused: ['"\\u0000"'],
  },
  {
    type: 'jsonb',
    stored: `'{"b":1,"a":[1,2.50]}'`,
    answered: '{"a": [1, 2.50], "b": 1}',
    accepted: ['{"b":1,"a":[1,2.50]}'],
    refused: ['{"a":"\\u0000"}'],
  },
  {
    type: 'integer[]',
    stored: `'{1,NULL,3}'`,
    answered: '[1,null,3]',
    accepted: ['"{1,NULL,3}"'],
    refused: ['["a"]', '5'],
  },
  { type: 'text[]', stored: `'{{a,"b c"},{d,e}}'`, answered: '[["a","b c"],["d","e"]]' },
  { type: 'int4range', stored: `'[1,5)'`, answered: '"[1,5)"', accepted: ['"[1,4]"'], refused: ['"5"'] },
  { type: 'inet', stored: `'127.0.0.1/8'`, answered: '"127.0.0.1/8"', refused: ['"localhost"'] },
  { type: 'macaddr', stored: `'08:00:2b:01:02:03'`, answered: '"08:00:2b:01:02:03"' },
  { type: 'bit(3)', stored: `B'101'`, answered: '"101"', refused: ['"1010"'] },
  { type: 'point', stored: `'(1,2)'`, answered: '"(1,2)"' },
  { type: 'xml', stored: `'<a/>'`, answered: '"<a/>"', refused: ['"<a"'] },
  { type: 'tsvector', stored: `'a:1 b:2'`, answered: `"'a':1 'b':2"` },
  { type: 'mood', stored: `'happy'`, answered: '"happy"', refused: ['"sad?"'] },
  { type: 'positive', stored: '7', answered: '7', refused: ['1.5'] },
  {
    type: 'pair',
    stored: `'(1,"x y")'`,
    answered: '{"n":1,"t":"x y"}',
    accepted: ['"(1,\\"x y\\")"'],
    refused: ['{"n":"a"}'],
  },
]

/** Types of the cases that are no built-in ones. */
export const caseTypes = `
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE TYPE pair AS (n integer, t text);
`
