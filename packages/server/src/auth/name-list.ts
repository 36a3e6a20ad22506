/**
 * Names of tables or functions that a list of the configuration holds. They compare as the database compares names: by
 * their exact spelling or in any case. As long as the plugin has not said which, a list that opens something holds only the
 * spellings it has, and a list that hides something all of them.
 */
export class NameList {
  readonly #spelled: ReadonlySet<string>
  readonly #lowered: ReadonlySet<string>
  readonly #isExact: () => boolean | undefined

  /** @param isExact whether another spelling is another name; undefined: not known yet */
  constructor(names: readonly string[], isExact: () => boolean | undefined) {
    this.#spelled = new Set(names)
    this.#lowered = new Set(names.map((name) => name.toLowerCase()))
    this.#isExact = isExact
  }

  get isEmpty(): boolean {
    return this.#spelled.size === 0
  }

  opens(name: string): boolean {
    return this.#isExact() === false ? this.#lowered.has(name.toLowerCase()) : this.#spelled.has(name)
  }

  hides(name: string): boolean {
    return this.#isExact() === true ? this.#spelled.has(name) : this.#lowered.has(name.toLowerCase())
  }
}
