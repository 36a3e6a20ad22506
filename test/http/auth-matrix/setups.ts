/** A configuration of the server, by what it says about who may do what. */
export interface Setup {
  readonly name: string
  readonly settings: object
  /** Of the connection that has tables. */
  readonly connection: object
  readonly checkScope: boolean
  /** Scopes of requests without a token; undefined: they are refused. */
  readonly anonymous: readonly string[] | undefined
  readonly public: readonly string[]
  /** Tokens need its audience and its issuer. */
  readonly asksAudience: boolean
}

const plain = {
  settings: {},
  connection: {},
  checkScope: true,
  anonymous: undefined,
  public: [],
  asksAudience: false,
} as const

export const audience = 'orders-api'
export const issuer = 'https://id.example'

export const setups: readonly Setup[] = [
  { ...plain, name: 'normal' },
  {
    ...plain,
    name: 'claims for requests without a token',
    settings: { anon_claims: { scope: 'users-read' } },
    anonymous: ['users-read'],
  },
  { ...plain, name: 'a public table', connection: { public: { table: ['users'] } }, public: ['users'] },
  { ...plain, name: 'no check of scopes', settings: { check_scope: false }, checkScope: false },
  {
    ...plain,
    name: 'an audience and an issuer',
    settings: { auth_plugins: { jwt: { settings: { audience, issuer } } } },
    asksAudience: true,
  },
]
