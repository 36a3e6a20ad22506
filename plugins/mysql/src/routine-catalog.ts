import { PluginError, unknownName } from '@easyrest/protocol'
import { columnTypeOf } from './column-type.js'
import type { Connection, MysqlRow } from './connection.js'
import { computedColumn, type MysqlColumn } from './mysql-table.js'

/** A function or a procedure of the database. */
export interface Routine {
  readonly name: string
  readonly kind: 'function' | 'procedure'
  /** In their order. */
  readonly parameters: readonly RoutineParameter[]
  /** Of a function. */
  readonly returns: MysqlColumn | undefined
}

export interface RoutineParameter {
  readonly mode: 'in' | 'out' | 'inout'
  readonly column: MysqlColumn
}

/** The routine of exactly this name. Throws `unknown_function` with the nearest one. */
export const readRoutine = async (name: string, connection: Connection): Promise<Routine> => {
  const found = (await readRoutines(connection, name)).filter((routine) => routine.name === name)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    throw new PluginError('bad_value', `there is both a function and a procedure ${name}; rename one of them`)
  }
  const rows = await connection.rows({ text: routineNames, parameters: [] })
  throw unknownName(
    'function',
    name,
    rows.map(([known]) => String(known)),
  )
}

/** All routines, or those of one name. */
export const readRoutines = async (connection: Connection, name?: string): Promise<Routine[]> => {
  const one = name === undefined ? '' : ' AND ROUTINE_NAME = ?'
  const parameters = name === undefined ? [] : [name]
  const routines = await connection.rows({ text: `${routineList}${one} ORDER BY ROUTINE_NAME`, parameters })
  const specific = name === undefined ? '' : ' AND SPECIFIC_NAME = ?'
  const text = `${parameterList}${specific} ORDER BY SPECIFIC_NAME, ORDINAL_POSITION`
  const rows = await connection.rows({ text, parameters })
  return routines.map((row) => routineOf(row, rows))
}

const routineOf = ([name, type, returns]: MysqlRow, rows: readonly MysqlRow[]): Routine => {
  const own = rows.filter(([routine, kind]) => routine === name && kind === type)
  return {
    name: String(name),
    kind: type === 'FUNCTION' ? 'function' : 'procedure',
    // At position 0 stands what a function returns.
    parameters: own.filter(([, , position]) => Number(position) > 0).map(parameterOf),
    returns: type === 'FUNCTION' ? columnOf('result', returns!) : undefined,
  }
}

const parameterOf = ([, , , mode, name, declared, ...sizes]: MysqlRow): RoutineParameter => ({
  mode: mode === 'OUT' ? 'out' : mode === 'INOUT' ? 'inout' : 'in',
  column: { ...columnOf(String(name), declared!), ...sizesOf(sizes) },
})

const columnOf = (name: string, declared: MysqlRow[number]): MysqlColumn => ({
  ...computedColumn(name, 'other'),
  ...columnTypeOf(String(declared)),
})

const sizesOf = ([length, precision, scale, fraction]: MysqlRow): Partial<MysqlColumn> => ({
  maxLength: numberOf(length),
  precision: numberOf(precision),
  scale: numberOf(fraction) ?? numberOf(scale),
})

const numberOf = (value: MysqlRow[number] | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

const routineNames = 'SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()'

const routineList = `SELECT ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER FROM information_schema.ROUTINES
  WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE')`

const parameterList = `SELECT SPECIFIC_NAME, ROUTINE_TYPE, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER,
    CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION
  FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE()`
