import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openDatabases } from './databases.mjs'
import { goHopPlugin } from './go-hop-plugin.mjs'
import { Helper } from './helper.mjs'
import { ProductServer } from './product-server.mjs'
import { writeServerConfig } from './server-config.mjs'

/** One build of the project and the processes that run it. Each is started when a scenario first asks for it. */
export class BuildUnderTest {
  #started = new Map()

  /**
   * @param directory for files; removed by its owner
   * @param scope stops the processes at the end
   */
  constructor(label, root, directory, scope, { exportRows, plugin }) {
    this.label = label
    this.root = root
    this.exportRows = exportRows
    this.plugin = plugin
    this.directory = directory
    this.scope = scope
    this.databases = openDatabases(plugin, { root, directory, scope })
  }

  hopHost() {
    return this.#once('hop', async () => this.#stopping(new Helper('./hop-host.mjs', [this.root])))
  }

  /** The same host with a plugin of the Go SDK; undefined where Go is not installed. */
  goHopHost() {
    return this.#once('hop-go', async () => {
      const program = goHopPlugin()
      return program && this.#stopping(new Helper('./hop-host.mjs', [this.root, program]))
    })
  }

  /** The server and its plugin, each a process. Gives { port, pids }. */
  outOfProcess() {
    return this.#once('out', async () => {
      const { port, pids } = await this.#startServer('out', await this.databases.items(`${this.label}-out`))
      return { port, pids }
    })
  }

  /** The same code in one process. Gives { port, pids }. */
  inProcess() {
    return this.#once('in', async () => {
      const config = join(this.directory, `${this.label}-in.json`)
      const uri = await this.databases.items(`${this.label}-in`)
      writeServerConfig(config, { root: this.root, port: 0, plugin: this.plugin, uri })
      const helper = this.#stopping(new Helper('./in-process-server.mjs', [this.root, config]))
      return { port: await helper.ask({}), pids: [helper.pid] }
    })
  }

  /** A server that nobody has used yet, on the database with the large table. The caller stops it. */
  async fresh() {
    const uri = await this.#once('rows', () => this.databases.rows(`${this.label}-rows`, this.exportRows))
    const server = await this.#startServer('fresh', uri)
    await delay(300)
    return server
  }

  #startServer(name, uri) {
    const { root, plugin } = this
    return ProductServer.start(this.scope, this.directory, `${this.label}-${name}`, { root, plugin, uri })
  }

  #stopping(process) {
    return this.scope.add(process, () => process.stop())
  }

  #once(name, start) {
    if (!this.#started.has(name)) this.#started.set(name, start())
    return this.#started.get(name)
  }
}
