/** A value from outside the file, for a key of it. */
export interface Override {
  /** Dotted path of the key. */
  readonly key: string
  readonly value: unknown
  /** The variable or flag. */
  readonly label: string
}

export interface EnvironmentConnection {
  readonly name: string
  readonly uri: string
  readonly label: string
  readonly kind: 'db' | 'cache'
}

/** A setting for a connection that is defined anywhere. */
export interface ConnectionOverride extends Override {
  readonly connection: string
}

export interface Environment {
  readonly overrides: readonly Override[]
  readonly connections: readonly EnvironmentConnection[]
  readonly connectionOverrides: readonly ConnectionOverride[]
  readonly problems: readonly { readonly label: string; readonly message: string }[]
  readonly warnings: readonly string[]
}
