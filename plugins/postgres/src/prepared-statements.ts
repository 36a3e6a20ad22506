/** The statements that one connection has prepared, by their text. */
export class PreparedStatements {
  private readonly names = new Map<string, string>()
  private created = 0

  /** The name of a statement that the server has parsed. */
  nameOf(text: string): string | undefined {
    const name = this.names.get(text)
    if (name === undefined) return undefined
    // The one that was not used for longest is first.
    this.names.delete(text)
    this.names.set(text, name)
    return name
  }

  newName(): string {
    return `s${++this.created}`
  }

  /** Parsed. Answers the name of another that is to be closed for it. */
  add(text: string, name: string): string | undefined {
    this.names.set(text, name)
    if (this.names.size <= mostStatements) return undefined
    const [oldest, oldName] = this.names.entries().next().value!
    this.names.delete(oldest)
    return oldName
  }

  /** All of them, which the server may forget. */
  clear(): string[] {
    const names = [...this.names.values()]
    this.names.clear()
    return names
  }
}

const mostStatements = 200
