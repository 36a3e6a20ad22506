/** Why a token was refused. For the log only: clients get one constant 401. Never holds the token or a part of it. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
}
