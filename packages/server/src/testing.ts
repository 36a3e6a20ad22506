// For tests of other packages: tokens as strangers make them.
export { type Forgery, forgeToken } from './auth/test-support/forge-token.js'
