import type { Claims } from '../support/token.js'

/** What a transcript names in its `@config` line. */
export interface KvConfiguration {
  /** Claims of `{{token}}`. */
  readonly claims: Claims
  /** The configuration of the server beside its connection `docs`. */
  readonly config: { readonly kv: object; readonly [key: string]: unknown }
}

/** As Konnect writes them: user u1 of the client c1. */
export const kopanoClaims: Claims = {
  sub: 'u1',
  aud: 'c1',
  'kc.isAccessToken': true,
  'kc.authorizedScopes': ['openid', 'kopano/kvs'],
}

const plainClaims: Claims = { sub: 'u1', scope: 'kopano/kvs' }

export const kvConfigurations: Readonly<Record<string, KvConfiguration>> = {
  kopano: { claims: kopanoClaims, config: { kv: {} } },
  plain: { claims: plainClaims, config: { kv: { preset: 'plain', recursive_delete: true } } },
  scopes: {
    claims: plainClaims,
    config: { kv: { realms: { user: { read: ['s1', 's2'], write: ['s1', 's2'] } } } },
  },
  lenient: { claims: kopanoClaims, config: { kv: { strict_json: false } } },
  corsSection: {
    claims: kopanoClaims,
    config: { kv: {}, cors: { enabled: true, origins: ['https://app.example.com'] } },
  },
  cors: { claims: kopanoClaims, config: { kv: { allow_cors: true } } },
  realms: {
    claims: { ...plainClaims, client_id: 'c1', scope: 'kopano/kvs app:read app:write shared:read' },
    config: {
      kv: {
        realms: {
          app: { read: ['app:read'], write: ['app:write'] },
          shared: { read: ['shared:read'], write: ['shared:write'] },
        },
      },
    },
  },
}
