/** What a plugin says of itself, as proto/easyrest/plugin/v1/plugin.proto defines it. */
export interface PluginInfo {
  readonly name: string
  readonly version: string
  readonly roles: readonly Role[]
  readonly schemes: readonly string[]
  /** Names of `capabilities`, and perhaps names this version does not know. */
  readonly capabilities: readonly string[]
  readonly limits: PluginLimits | undefined
  readonly sdk: string
}

export interface PluginInfoRequest {
  readonly hostName: string
  readonly hostVersion: string
}

export interface PluginLimits {
  /** 0: no limit of its own. */
  readonly maxInFlight: number
  readonly maxMessageBytes: number
}

/** In the order of the numbers in plugin.proto. */
export const roles = ['unspecified', 'db', 'cache', 'auth'] as const

export type Role = (typeof roles)[number]

/** Every optional ability of the contract; plugin.proto says what each means. */
export const capabilities = [
  'session',
  'stream',
  'filter_tree',
  'aggregates',
  'distinct',
  'cast',
  'count',
  'last_key',
  'returning',
  'upsert',
  'missing_default',
  'precondition',
  'functions',
  'function_filters',
  'query',
  'ensure_table',
  'batch',
  'watch',
  'exact_names',
  'cache_delete',
] as const

export type Capability = (typeof capabilities)[number]
