import type { IncomingHttpHeaders } from 'node:http'
import type { RequestContext } from '@easyrest/protocol'
import type { ContextValues } from './context-values.js'
import type { PageSettings } from './page.js'
import type { Preferences } from './prefer.js'
import type { QueryString } from './query-string.js'

/** All that the parsers of table requests see of an HTTP request. */
export interface TableInput {
  readonly table: string
  readonly query: QueryString
  readonly headers: IncomingHttpHeaders
  readonly preferences: Preferences
  readonly values: ContextValues
  readonly settings: TableSettings
  context(readOnly: boolean): RequestContext
}

/** What the connection's configuration says about table requests. */
export interface TableSettings extends PageSettings {
  readonly aggregates: boolean
  readonly enableCache: boolean
}
