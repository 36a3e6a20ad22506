import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { childrenOf } from './processes.mjs'
import { requestHeaders, writeServerConfig } from './server-config.mjs'
import { withTimeout } from './with-timeout.mjs'

/** The real server program with its plugin process. */
export class ProductServer {
  #child
  #exited
  #output = ''

  constructor(root, port, config, env) {
    this.port = port
    const program = join(root, 'packages', 'server', 'bin', 'easyrest-server.js')
    this.#child = spawn(process.execPath, [program, '--config', config], {
      env: { ...withoutOurs(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.on('data', (text) => this.#keep(text))
    this.#exited = once(this.#child, 'exit')
  }

  /** Resolves when a request for data is answered with 200. @param scope stops it at the end */
  static async start(scope, directory, name, { root, plugin, uri, env = {}, pluginEnv }) {
    const port = await freePort()
    const config = join(directory, `${name}.json`)
    writeServerConfig(config, { root, port, plugin, uri, pluginEnv })
    const before = performance.now()
    scope.check()
    const server = new ProductServer(root, port, config, env)
    scope.add(server, () => server.stop())
    try {
      await withTimeout(server.#firstAnswer(), 20_000, 'the server to answer')
    } catch (error) {
      await server.stop()
      throw new Error(`${error.message}\n${server.#output}`)
    }
    server.startMs = performance.now() - before
    return server
  }

  get pid() {
    return this.#child.pid
  }

  /** The server's and its plugin's. */
  get pids() {
    return [this.pid, ...childrenOf(this.pid)]
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    await withTimeout(this.#exited, 5000, 'the server to stop').catch(() => this.#child.kill('SIGKILL'))
  }

  async #firstAnswer() {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the server ended with status ${this.#child.exitCode}`)
      const status = await statusOf(this.port)
      if (status === 200) return
      if (status !== undefined && status !== 503) throw new Error(`the server answered ${status}`)
      // Often enough for what takes hundreds of milliseconds, seldom enough to cost the server nothing.
      await delay(5)
    }
  }

  #keep(text) {
    this.#output = (this.#output + text).slice(-10_000)
  }
}

const statusOf = (port) =>
  new Promise((resolve) => {
    const path = '/api/bench/items/?limit=1'
    const sent = request({ host: '127.0.0.1', port, path, headers: requestHeaders(), agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    sent.once('error', () => resolve(undefined))
    sent.end()
  })

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

// The caller's own settings are not the bench's.
const withoutOurs = (env) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(ER_|EASYREST_)|^NODE_OPTIONS$/.test(name)))
