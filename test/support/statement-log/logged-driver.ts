import { appendFileSync } from 'node:fs'
import { DatabaseSync as Driver } from '@photostructure/sqlite'

export * from '@photostructure/sqlite'

/**
 * The driver of SQLite, which keeps no log itself: every text that is given to it is appended to the file STATEMENT_LOG, a JSON
 * string on each line, before SQLite sees it.
 */
export class DatabaseSync extends Driver {
  override prepare(
    ...parameters: Parameters<InstanceType<typeof Driver>['prepare']>
  ): ReturnType<InstanceType<typeof Driver>['prepare']> {
    note(parameters[0])
    return super.prepare(...parameters)
  }

  override exec(text: string): void {
    note(text)
    super.exec(text)
  }
}

const file = process.env.STATEMENT_LOG
if (file === undefined) throw new Error('expected STATEMENT_LOG to name the file of the log')

function note(text: string): void {
  appendFileSync(file!, `${JSON.stringify(text)}\n`)
}
