import { unknownName } from '@easyrest/protocol'
import { arrayLiteral } from '../array-literal.js'
import type { Step } from '../server-connection.js'
import { takeText } from '../wire/backend-messages.js'
import { describeTables } from './describe-tables.js'
import { type PostgresTable, tableOf } from './postgres-table.js'

/** Runs steps in a transaction that only reads. */
export type Read = (steps: readonly Step[]) => Promise<unknown>

/**
 * The tables of the served schemas as they are now. The server does not tell when one changes: what is known of a table
 * is compared with the server every second, in the same round trip as the call that needs it.
 */
export class Catalog {
  private readonly tables = new Map<string, KnownTable>()
  private readonly schemas: string

  constructor(schemas: readonly string[]) {
    this.schemas = arrayLiteral(schemas)
  }

  /** Throws `unknown_table` with the nearest name. */
  async table(name: string, read: Read): Promise<PostgresTable> {
    const known = this.tables.get(name)
    if (known !== undefined) return known.table
    const text = await this.readOne(name, read)
    if (text === undefined) throw unknownName('table', name, await this.names(read))
    return this.keep(name, text).table
  }

  /** The table as it is at this moment; undefined: there is none. */
  async look(name: string, read: Read): Promise<PostgresTable | undefined> {
    const text = await this.readOne(name, read)
    return text === undefined ? undefined : tableOf(JSON.parse(text))
  }

  /** A step that compares what is known of the table with the server; undefined: it was compared a moment ago. */
  comparison(name: string): Comparison | undefined {
    const known = this.tables.get(name)
    if (known === undefined || performance.now() - known.comparedAt < trustMs) return undefined
    const comparison: Comparison = {
      step: this.step(name, (text) => {
        comparison.text = text
      }),
      text: undefined,
    }
    return comparison
  }

  /** Whether the table is as it was known. Otherwise it is read again when it is next asked for. */
  confirm(name: string, { text }: Comparison): boolean {
    const known = this.tables.get(name)
    if (known?.text === text) {
      known!.comparedAt = performance.now()
      return true
    }
    this.forget(name)
    return false
  }

  forget(name: string): void {
    this.tables.delete(name)
  }

  private keep(name: string, text: string): KnownTable {
    const known = { text, table: tableOf(JSON.parse(text)), comparedAt: performance.now() }
    this.tables.set(name, known)
    return known
  }

  private async readOne(name: string, read: Read): Promise<string | undefined> {
    let found: string | undefined
    const onText = (text: string) => {
      found = text
    }
    await read([this.step(name, onText)])
    return found
  }

  private async names(read: Read): Promise<string[]> {
    const names: string[] = []
    const onRow = takeText(([name]) => names.push(name!))
    await read([{ text: listNames, parameters: [this.schemas], onRow }])
    return names
  }

  private step(name: string, onText: (text: string) => void): Step {
    const onRow = takeText(([text]) => onText(text!))
    return { text: describeOne, parameters: [this.schemas, name], onRow }
  }
}

export interface Comparison {
  readonly step: Step
  text: string | undefined
}

interface KnownTable {
  /** The description as the server printed it. */
  readonly text: string
  readonly table: PostgresTable
  comparedAt: number
}

const trustMs = 1000

const describeOne = describeTables('c.relname::text = $2')

const listNames = `SELECT t ->> 'name' FROM (${describeTables('true')}) AS d (t)`
