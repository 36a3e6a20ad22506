/** Remembers how to undo what was done, and undoes it once, last thing first. */
export class Scope {
  #undo = []

  /** Runs `undo` at the end; gives `value` through. */
  add(value, undo) {
    this.#undo.push(undo)
    return value
  }

  async close() {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        await undo()
      } catch (error) {
        console.error(`while cleaning up: ${error.message}`)
      }
    }
  }
}
