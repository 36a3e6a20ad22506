import type { RequestContext } from '@easyrest/protocol'
import type { Statement } from '@easyrest/sql'
import type { Connection } from './connection.js'
import { contextValues } from './context-values.js'

/**
 * Which parts of a request's context the database sees, as user variables `@erctx_<name>` and `@request_<name>`. The
 * names come from this file, from the connection URI, and from what the database's own code mentions: never from a
 * request, whose names could be anything.
 */
export class ContextVariables {
  private mentioned: readonly string[] = []
  private lookedAt = Number.NEGATIVE_INFINITY
  private names: readonly string[]

  /** @param configured further names, of the connection URI */
  constructor(private readonly configured: readonly string[]) {
    this.names = sorted([...standardNames, ...configured])
  }

  /** What a SET is to add for a request; every name has a value, so that none of an earlier request stays. */
  assignments(context: RequestContext | undefined): Statement {
    const values = contextValues(context)
    const parameters = this.names.flatMap((name) => [values.get(name) ?? null, values.get(name) ?? null])
    return { text: this.text(), parameters }
  }

  /** Forgets the values of the last request. */
  clear(connection: Connection): Promise<unknown> {
    return connection.run({ text: `SET ${this.text()}`, parameters: this.names.flatMap(() => [null, null]) })
  }

  /** Looks, now and then, which names triggers and routines mention. An account that may not read them sees none. */
  async refresh(aside: <Result>(work: (connection: Connection) => Promise<Result>) => Promise<Result>): Promise<void> {
    if (performance.now() - this.lookedAt < refreshMs) return
    this.lookedAt = performance.now()
    const rows = await aside((connection) => connection.rows({ text: databaseCode, parameters: [] }))
    this.mentioned = rows.flatMap(([code]) =>
      [...String(code).matchAll(variablePattern)].map((match) => match[1]!.toLowerCase()),
    )
    const names = sorted([...standardNames, ...this.configured, ...this.mentioned])
    if (names.join() !== this.names.join()) this.names = names.slice(0, mostNames)
  }

  private text(): string {
    return this.names.map((name) => `@erctx_${name} = ?, @request_${name} = ?`).join(', ')
  }
}

const standardNames = [
  ...[
    'timezone',
    'user_id',
    'role',
    'method',
    'path',
    'query',
    'headers',
    'claims',
    'jwt_claims',
    'prefer',
    'prefer_tx',
  ],
  ...['sub', 'iss', 'aud', 'jti', 'role', 'scope', 'email', 'name'].map((claim) => `claims_${claim}`),
]

const databaseCode = `SELECT ROUTINE_DEFINITION FROM information_schema.ROUTINES
  WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_DEFINITION REGEXP '@.?(erctx|request)_'
  UNION ALL SELECT ACTION_STATEMENT FROM information_schema.TRIGGERS
  WHERE TRIGGER_SCHEMA = DATABASE() AND ACTION_STATEMENT REGEXP '@.?(erctx|request)_'`

const variablePattern = /@`?(?:erctx|request)_([a-z0-9_]{1,50})\b/gi

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort()

const refreshMs = 10_000
const mostNames = 200
