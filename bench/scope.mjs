/** Remembers how to undo what was done, and undoes it once, last thing first. */
export class Scope {
  #undo = []
  closed = false

  /** Runs `undo` at the end, or at once when that has come; gives `value` through. */
  add(value, undo) {
    if (this.closed) void undo()
    this.check()
    this.#undo.push(undo)
    return value
  }

  /** Throws Error when the end has come. */
  check() {
    if (this.closed) throw new Error('interrupted')
  }

  async close() {
    this.closed = true
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        await undo()
      } catch (error) {
        console.error(`while cleaning up: ${error.message}`)
      }
    }
  }
}
