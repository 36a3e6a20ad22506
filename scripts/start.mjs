// npm start: installs, builds and makes the demo database where that is still to do, then runs the server in this
// very process, so that signals reach it.
import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'

// Until the server has its own handler: a reload that comes early must not end the process.
process.on('SIGHUP', () => {})

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
install()
build()
const { makeDemoDatabase } = await import('./make-demo-database.mjs')
await makeDemoDatabase()

process.env.ER_TOKEN_SECRET ||= developmentSecret()
const { main } = await import('../packages/server/dist/main.js')
await main(['--config', 'config.example.yaml', ...process.argv.slice(2)], greet)

// Made once and kept, so that a token still works after a restart. Not for production: whoever reads the file signs.
function developmentSecret() {
  const file = join(root, '.cache', 'development-secret')
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const secret = randomBytes(48).toString('base64')
    mkdirSync(join(root, '.cache'), { recursive: true })
    writeFileSync(file, secret, { mode: 0o600 })
    return secret
  }
}

function greet(address) {
  const token = developmentToken(process.env.ER_TOKEN_SECRET)
  const auth = `-H "Authorization: Bearer ${token}"`
  process.stdout.write(`
EasyREST is listening on ${address}, with a demo database of countries, languages and cities.
Development token (one year, may read and write everything):

  ${token}

Try:

  curl ${auth} '${address}/api/demo/countries/?select=code,name,capital&where.eq.continent=EU&ordering=name&limit=5'

  curl ${auth} '${address}/api/demo/cities/?select=country,count(),people:population.sum()&where.gte.population=1000000&ordering=-count&limit=5'

  curl ${auth} -H 'Content-Type: application/json' -H 'Prefer: tx=rollback' -d '{"name":"Atlantis","country":"GR","population":1}' ${address}/api/demo/cities/

  curl ${auth} -X PUT -H 'Content-Type: application/json' -d '{"theme":"dark"}' ${address}/api/kvs/v1/kv/user/settings/ui

  curl ${auth} '${address}/api/kvs/v1/kv/user/settings/ui'

Stop with Ctrl-C, reload the configuration with: kill -SIGHUP ${process.pid}
`)
}

function developmentToken(secret) {
  const now = Math.floor(Date.now() / 1000)
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'developer', scope: 'read write kopano/kvs', iat: now, exp: now + 365 * 86400 })}`
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
}
