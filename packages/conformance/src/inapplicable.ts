/** Thrown by a check that finds out while it runs that it does not apply to this plugin: it is skipped, visibly. */
export class Inapplicable extends Error {
  override readonly name = 'Inapplicable'

  /** @param reason for the report, e.g. "the plugin does not serve Controller" */
  constructor(readonly reason: string) {
    super(reason)
  }
}
