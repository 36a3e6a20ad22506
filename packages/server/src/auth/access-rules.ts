import { NameList } from './name-list.js'

export interface NameLists {
  readonly tables: NameList
  readonly functions: NameList
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
  /** Whether the database takes another spelling for another name; undefined: not known yet. */
  readonly namesAreExact: () => boolean | undefined
  readonly public?: NameListSettings | undefined
  readonly exclude?: NameListSettings | undefined
  readonly allow?: NameListSettings | undefined
}

export function createAccessRules(settings: AccessRulesSettings): AccessRules {
  const listsOf = ({ tables = [], functions = [] }: NameListSettings = {}): NameLists => ({
    tables: new NameList(tables, settings.namesAreExact),
    functions: new NameList(functions, settings.namesAreExact),
  })
  return {
    checkScope: settings.checkScope,
    anonymousAllowed: settings.anonymousAllowed,
    tokenType: settings.tokenType ?? 'Bearer',
    public: listsOf(settings.public),
    exclude: listsOf(settings.exclude),
    allow: listsOf(settings.allow),
  }
}
