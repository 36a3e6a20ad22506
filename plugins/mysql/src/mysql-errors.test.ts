import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PluginError } from '@easyrest/protocol'
import { duplicateKey, pluginErrorOf } from './mysql-errors.js'
import { MysqlFailure } from './mysql-failure.js'

// The words are those of MariaDB 10.11 and of MySQL 8.
const failures: [errno: number, text: string, reason: string, named: object][] = [
  [1062, "Duplicate entry 'it's for key 'x'' for key 'code'", 'unique', { constraint: 'code' }],
  [1062, "Duplicate entry '1' for key 'things.PRIMARY'", 'unique', { constraint: 'PRIMARY' }],
  [1048, "Column 'label' cannot be null", 'not_null', { column: 'label' }],
  [1364, "Field 'label' doesn't have a default value", 'not_null', { column: 'label' }],
  [1264, "Out of range value for column 'v' at row 1", 'bad_value', { column: 'v' }],
  [1292, "Incorrect date value: 'x' for column `d`.`t`.`day` at row 1", 'bad_value', { column: 'day' }],
  [1406, "Data too long for column 'name' at row 1", 'bad_value', { column: 'name' }],
  [4025, 'CONSTRAINT `positive` failed for `d`.`t`', 'check', { constraint: 'positive' }],
  [3819, "Check constraint 'positive' is violated.", 'check', { constraint: 'positive' }],
  [4025, 'CONSTRAINT `word_max_length` failed for `d`.`t`', 'bad_value', { column: 'word' }],
  [
    1452,
    'Cannot add or update a child row: a foreign key constraint fails (`d`.`t`, CONSTRAINT `t_ibfk_1` FOREIGN KEY (`a`) REFERENCES `b` (`id`))',
    'foreign_key',
    { constraint: 't_ibfk_1' },
  ],
  [1213, 'Deadlock found when trying to get lock', 'conflict', {}],
  [1969, 'Query execution was interrupted (max_statement_time exceeded)', 'timeout', {}],
  [3024, 'Query execution was interrupted, maximum statement execution time exceeded', 'timeout', {}],
  [1290, 'The MariaDB server is running with the --read-only option', 'permission', {}],
  [1142, "INSERT command denied to user 'x'@'y' for table `d`.`t`", 'permission', {}],
  [1040, 'Too many connections', 'unavailable', {}],
  [0, 'read ECONNRESET', 'unavailable', {}],
  [1105, 'something new', 'internal', {}],
]

for (const [errno, text, reason, named] of failures) {
  test(`${errno} is ${reason}: ${text.slice(0, 50)}`, () => {
    const error = pluginErrorOf(new MysqlFailure(text, errno, 'CODE')) as PluginError
    const { log, ...details } = error.details
    assert.deepEqual([error.reason, details], [reason, named])
    assert.ok(log?.includes(text))
    assert.ok(!error.message.includes(text.slice(0, 20)), error.message)
  })
}

test('a duplicate tells its key, and nothing else does', () => {
  assert.equal(duplicateKey(new MysqlFailure("Duplicate entry 'a' for key 'code'", 1062, '')), 'code')
  assert.equal(duplicateKey(new MysqlFailure("Column 'code' cannot be null", 1048, '')), undefined)
})
