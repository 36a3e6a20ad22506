import type { Spelling } from './spelling.js'

/** SQL text from a finite set of templates, and the values that go with its placeholders. */
export interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** A value on its way into a statement: what the driver gets, and the type the database is told, if any. */
export interface Binding {
  readonly value: unknown
  /** A type name of the dialect's own; never a client's text. */
  readonly cast?: string
  /** How a text is compared, where the other side does not decide that; a name of the database's own. */
  readonly collation?: string
}

/** Where a table is found. */
export interface TableName {
  readonly name: string
  /** Absent: the database finds the table by its name alone. */
  readonly schema?: string | undefined
}

/** Writes a statement from left to right, so that placeholders and parameters cannot fall out of step. */
export class StatementBuilder {
  private text = ''
  private readonly parameters: unknown[] = []

  constructor(private readonly spelling: Spelling) {}

  /** Text of the templates, never a value and never a name. */
  sql(text: string): this {
    this.text += text
    return this
  }

  name(identifier: string): this {
    this.text += this.spelling.quoteIdentifier(identifier)
    return this
  }

  /** A table as statements refer to it. */
  table({ schema, name }: TableName): this {
    if (schema !== undefined) this.name(schema).sql('.')
    return this.name(name)
  }

  bind(binding: Binding): this {
    const placeholder = this.spelling.placeholder(this.parameters.push(binding.value))
    this.text += binding.cast === undefined ? placeholder : `CAST(${placeholder} AS ${binding.cast})`
    if (binding.collation !== undefined) this.text += ` COLLATE ${binding.collation}`
    return this
  }

  /** Writes the items with a separator between them. */
  list<Item>(items: readonly Item[], separator: string, write: (item: Item) => void): this {
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.text += separator
      write(items[index]!)
    }
    return this
  }

  build(): Statement {
    return { text: this.text, parameters: this.parameters }
  }
}
