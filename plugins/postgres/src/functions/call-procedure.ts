import type { RequestContext } from '@easyrest/protocol'
import { StatementBuilder } from '@easyrest/sql'
import type { Step } from '../server-connection.js'
import { jsonRowsText } from '../sql/json-rows-statement.js'
import { postgresDialect, quoteIdentifier } from '../sql/postgres-dialect.js'
import type { Run } from '../transactions.js'
import { readTextRow, takeText } from '../wire/backend-messages.js'
import type { Parameter } from '../wire/frontend-writer.js'
import type { Invocation } from './call-statement.js'
import { argumentName, writeCall, writeGiven } from './function-arguments.js'

/**
 * CALL takes no subquery, and nothing can stand around it: the server first makes texts of the arguments, and then JSON
 * of what comes out. Answers a JSON text.
 */
export const callProcedure = async (
  invocation: Invocation,
  context: RequestContext | undefined,
  run: Run,
): Promise<Buffer> => {
  const texts = await argumentTexts(invocation, run)
  let outputs: readonly Parameter[] = []
  const onRow = takeText((row) => {
    outputs = row
  })
  await run([{ ...callStep(invocation, texts), onRow }])
  return outputs.length === 0 ? nothing : printOutputs(invocation, context, outputs, run)
}

const argumentTexts = async ({ given, body }: Invocation, run: Run): Promise<readonly Parameter[]> => {
  let texts: readonly Parameter[] = []
  if (given.length === 0) return texts
  const out = new StatementBuilder(postgresDialect).sql('SELECT ')
  out.list([...given.keys()], ', ', (index) => out.sql(`${argumentName(index)}::text`)).sql(' FROM ')
  writeGiven(out, given, body)
  const { text, parameters } = out.build()
  const onRow = takeText((row) => {
    texts = row
  })
  await run([{ text, parameters: parameters as Parameter[], onRow }])
  return texts
}

// What only comes out is named too, with NULL in its place.
const callStep = ({ called, given }: Invocation, texts: readonly Parameter[]): Step => {
  const taken = called.parameters.map(({ column }) => column.name)
  const outputs = called.fields.filter(({ name }) => !taken.includes(name))
  const all = [...given, ...outputs.map((column) => ({ column, isOptional: false, isVariadic: false }))]
  const out = new StatementBuilder(postgresDialect).sql('CALL ')
  writeCall(out, called, all, (index) => {
    if (index < given.length) out.bind({ value: texts[index], cast: given[index]!.column.sqlType })
    else out.sql('NULL')
  })
  const { text, parameters } = out.build()
  return { text, parameters: parameters as Parameter[] }
}

const printOutputs = async (
  { called: { fields, answers } }: Invocation,
  context: RequestContext | undefined,
  values: readonly Parameter[],
  run: Run,
): Promise<Buffer> => {
  const out = new StatementBuilder(postgresDialect).sql('SELECT ')
  out.list([...fields.keys()], ', ', (index) => out.bind({ value: values[index], cast: fields[index]!.sqlType }))
  const outputs = fields.map((column) => ({ alias: column.name, sql: quoteIdentifier(column.name), column }))
  const statement = { ...out.build(), outputs, lastKey: [] }
  const one = answers === 'value' ? ` -> ${quotedText(fields[0]!.name)}` : ''
  const text = `SELECT row${one} FROM (${jsonRowsText(statement, 'select', context)}) AS printed (row)`
  let printed = nothing
  const onRow: Step['onRow'] = (bytes, start) => {
    printed = Buffer.from(readTextRow(bytes, start)[0] ?? 'null')
  }
  await run([{ text, parameters: statement.parameters as Parameter[], onRow }])
  return printed
}

const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`

const nothing = Buffer.from('null')
