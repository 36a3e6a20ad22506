import { TokenError } from './token-error.js'

/** No key that is known has made the signature; the issuer may have a newer one. */
export class UnknownKeyError extends TokenError {}
