import { type NameKind, unknownName } from '@easyrest/protocol'
import { arrayLiteral } from '../array-literal.js'
import type { Step } from '../server-connection.js'
import { takeText } from '../wire/backend-messages.js'
import { withoutJit } from './without-jit.js'

/** Runs steps in a transaction. */
export type Read = (steps: readonly Step[]) => Promise<unknown>

/** How the server is asked for things of one kind. */
export interface Description<Thing> {
  readonly kind: NameKind
  /** SQL of one text for the thing with the name $2 in the schemas $1; no row: there is none. */
  readonly one: string
  /** SQL of the names of all that are in the schemas $1. */
  readonly names: string
  parse(text: string): Thing
}

/**
 * The tables, or the functions, of the served schemas as they are now. The server does not tell when one changes: what is
 * known is compared with the server every second, in the same round trip as the call that needs it.
 */
export class KnownNames<Thing> {
  private readonly known = new Map<string, Known<Thing>>()
  private readonly schemas: string

  constructor(
    private readonly description: Description<Thing>,
    schemas: readonly string[],
  ) {
    this.schemas = arrayLiteral(schemas)
  }

  /** The thing, and whether the server was asked for it just now. Throws `unknown_table` or `unknown_function`. */
  async get(name: string, read: Read): Promise<{ readonly thing: Thing; readonly isNew: boolean }> {
    const known = this.known.get(name)
    if (known !== undefined) return { thing: known.thing, isNew: false }
    const text = await this.read(name, read)
    if (text === undefined) throw unknownName(this.description.kind, name, await this.names(read))
    return { thing: this.keep(name, text).thing, isNew: true }
  }

  /** What has the name at this moment; undefined: nothing. */
  async look(name: string, read: Read): Promise<Thing | undefined> {
    const text = await this.read(name, read)
    return text === undefined ? undefined : this.description.parse(text)
  }

  /** Asks the server whether it is as it was known. */
  async hasChanged(name: string, read: Read): Promise<boolean> {
    const known = this.known.get(name)
    return known === undefined || (await this.read(name, read)) !== known.text
  }

  /** A step that compares what is known with the server; undefined: it was compared a moment ago. */
  comparison(name: string): Comparison | undefined {
    const known = this.known.get(name)
    if (known === undefined || performance.now() - known.comparedAt < trustMs) return undefined
    const comparison: Comparison = {
      step: this.step(name, (text) => {
        comparison.text = text
      }),
      text: undefined,
    }
    return comparison
  }

  /** Whether it is as it was known. Otherwise it is read again when it is next asked for. */
  confirm(name: string, { text }: Comparison): boolean {
    const known = this.known.get(name)
    if (known?.text === text) {
      known!.comparedAt = performance.now()
      return true
    }
    this.forget(name)
    return false
  }

  forget(name: string): void {
    this.known.delete(name)
  }

  private keep(name: string, text: string): Known<Thing> {
    const known = { text, thing: this.description.parse(text), comparedAt: performance.now() }
    this.known.set(name, known)
    return known
  }

  private async read(name: string, read: Read): Promise<string | undefined> {
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
    await read([withoutJit, { text: this.description.names, parameters: [this.schemas], onRow }])
    return names
  }

  private step(name: string, onText: (text: string) => void): Step {
    const onRow = takeText(([text]) => onText(text!))
    return { text: this.description.one, parameters: [this.schemas, name], onRow }
  }
}

export interface Comparison {
  readonly step: Step
  text: string | undefined
}

interface Known<Thing> {
  /** The description as the server printed it. */
  readonly text: string
  readonly thing: Thing
  comparedAt: number
}

const trustMs = 1000
