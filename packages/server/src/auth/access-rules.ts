/** Names of tables and functions, in lower case. */
export interface NameLists {
  readonly tables: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

/** What one connection lets callers see and do. */
export interface AccessRules {
  readonly checkScope: boolean
  /** True when anon_claims are configured: then a caller without a credential is somebody with few rights. */
  readonly anonymousAllowed: boolean
  /** Scheme that the 401 asks for. */
  readonly tokenType: string
  readonly public: NameLists
  readonly exclude: NameLists
  /** An empty list allows every name. */
  readonly allow: NameLists
}

export interface NameListSettings {
  readonly tables?: readonly string[] | undefined
  readonly functions?: readonly string[] | undefined
}

export interface AccessRulesSettings {
  readonly checkScope: boolean
  readonly anonymousAllowed: boolean
  readonly tokenType?: string | undefined
  readonly public?: NameListSettings | undefined
  readonly exclude?: NameListSettings | undefined
  readonly allow?: NameListSettings | undefined
}

/**
 * Names compare in any case, because most databases find `USERS` when `users` is meant: comparing exactly would let
 * a caller step around `exclude` by a spelling.
 */
export function createAccessRules(settings: AccessRulesSettings): AccessRules {
  return {
    checkScope: settings.checkScope,
    anonymousAllowed: settings.anonymousAllowed,
    tokenType: settings.tokenType ?? 'Bearer',
    public: nameLists(settings.public),
    exclude: nameLists(settings.exclude),
    allow: nameLists(settings.allow),
  }
}

function nameLists(settings: NameListSettings = {}): NameLists {
  return { tables: lowerCased(settings.tables), functions: lowerCased(settings.functions) }
}

function lowerCased(names: readonly string[] = []): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}
