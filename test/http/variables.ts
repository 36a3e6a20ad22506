import { type Claims, secondsFromNow, signToken, testSecret } from '../support/token.js'

/**
 * Replaces what stands between two braces:
 * `{{token}}`, `{{token sub=Alice scope="users-read"}}` (claims added to the default ones; `sub=` takes one away;
 * `exp=-60` counts from now; `signed-with=` another secret, `algorithm=none`), `{{repeat x 2000}}`, and the values
 * that earlier answers of the case have left.
 */
export function substitute(text: string, defaultClaims: Claims, captured: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{(.+?)\}\}/g, (_, expression: string) => {
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(expression) ?? []
    if (name === 'token') return tokenOf(rest, defaultClaims)
    if (name === 'repeat') return repeatOf(rest)
    const value = captured.get(name)
    if (value === undefined) throw new Error(`there is no variable {{${name}}}`)
    return value
  })
}

function tokenOf(settings: string, defaultClaims: Claims): string {
  const claims: Record<string, unknown> = { ...defaultClaims }
  let secret = testSecret
  let algorithm: 'HS256' | 'none' = 'HS256'
  for (const [, name = '', quoted, bare = ''] of settings.matchAll(/([^\s="]+)=(?:"([^"]*)"|(\S*))/g)) {
    const value = quoted ?? bare
    if (name === 'signed-with') secret = value
    else if (name === 'algorithm') algorithm = value === 'none' ? 'none' : 'HS256'
    else claims[name] = claimOf(name, value)
  }
  return signToken(claims, { secret, algorithm })
}

function claimOf(name: string, value: string): unknown {
  if (value === '') return undefined
  if (name === 'exp') return secondsFromNow(Number(value))
  return /^[[{]/.test(value) ? JSON.parse(value) : value
}

function repeatOf(settings: string): string {
  const [piece = '', count = ''] = settings.split(' ')
  return piece.repeat(Number(count))
}
