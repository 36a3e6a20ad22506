/** A value that a key cannot take. The text says what was expected; what was received is added where it is known. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
  /** The value must not be shown: it may be a secret, or the text names what is needed of it already. */
  readonly hidden: boolean

  constructor(message: string, options: { readonly hidden?: boolean } = {}) {
    super(message)
    this.hidden = options.hidden ?? false
  }
}
