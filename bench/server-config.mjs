import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the configuration of one bench server: connection `bench`, which holds documents too, all else as by default. */
export const writeServerConfig = (file, { root, port, plugin, uri, pluginEnv = {} }) => {
  const path = join(root, 'plugins', plugin, 'bin', `easyrest-plugin-${plugin}.js`)
  const plugins = { bench: { uri, path, env: pluginEnv } }
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({ port, host: '127.0.0.1', token_secret: secret, plugins, kv: { connection: 'bench' } }),
  )
}

/** The headers of every request. */
export const requestHeaders = () => ({
  Authorization: `Bearer ${token()}`,
  'User-Agent': 'easyrest-bench',
  Accept: 'application/json',
})

const secret = 'a-secret-of-the-bench-that-is-long-enough'

const token = () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const expires = Math.floor(Date.now() / 1000) + 86_400
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'bench', scope: 'read write kopano/kvs', exp: expires })}`
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
}
