/** The plugin did not do what the contract says. */
export class Violation extends Error {
  override readonly name = 'Violation'

  /** @param expected and @param received for people: what the rule wants and what came */
  constructor(
    readonly expected: string,
    readonly received: string,
  ) {
    super(`expected ${expected}, received ${received}`)
  }
}
