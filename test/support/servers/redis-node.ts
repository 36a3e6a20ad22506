import { readFileSync } from 'node:fs'
import { type RedisOptions as IoredisOptions, Redis } from 'ioredis'
import type { RedisOptions } from './redis-server.js'
import { certificateFile, keyFile, serverCertificate } from './server-certificate.js'
import type { ServerDirectory } from './server-directory.js'
import { serverProgram } from './server-kinds.js'
import { ServerProcess } from './server-process.js'

/** The form of replies is a matter of types, and not for tests. */
type ClientOptions = Omit<IoredisOptions, 'replyMapping'>

export interface RedisNode {
  readonly port: number
  readonly password: string
  readonly process: ServerProcess
  /** A client of it; the caller closes it. */
  connect(options?: ClientOptions): Redis
}

export interface NodeOptions extends RedisOptions {
  readonly directory: ServerDirectory
  /** Of its folder in the directory. */
  readonly name: string
  readonly port: number
  readonly password: string
  /** It is a sentinel with this configuration file, which it writes. */
  readonly sentinelFile?: string
}

/** One process of redis-server, not started yet. */
export async function redisNode(options: NodeOptions): Promise<RedisNode> {
  const { directory, name, port, password, sentinelFile, tls = false } = options
  const cwd = await directory.makeDirectory(name)
  const connect = (more: ClientOptions = {}): Redis =>
    redisClient({ port, password, ...(tls && { tls: clientTls() }), ...more })
  const process = new ServerProcess({
    name: `Redis ${name}`,
    directory,
    program: serverProgram('redis', 'redis-server'),
    args: [
      ...(sentinelFile === undefined ? [] : [sentinelFile, '--sentinel']),
      ...argsOf({ dir: cwd, ...(await settingsOf(options)) }),
    ],
    cwd,
    stopSignal: 'SIGTERM',
    ask: () => ping(connect({ retryStrategy: () => null })),
  })
  return { port, password, process, connect }
}

/** With a certificate of its own, for a server that wants one. */
const clientTls = () => {
  const certificate = readFileSync(certificateFile())
  return { ca: certificate, cert: certificate, key: readFileSync(keyFile()) }
}

async function settingsOf({ directory, port, password, durable, tls, sentinelFile, settings }: NodeOptions) {
  const certificate = tls ? await serverCertificate(directory) : undefined
  return {
    bind: '127.0.0.1',
    port: tls ? '0' : String(port),
    ...(certificate && {
      'tls-port': String(port),
      'tls-cert-file': certificate.cert,
      'tls-key-file': certificate.key,
      // Servers check each other by it.
      'tls-ca-cert-file': certificate.cert,
      'tls-auth-clients': 'no',
    }),
    requirepass: password,
    ...(sentinelFile === undefined && { save: '' }),
    ...(durable && { appendonly: 'yes', appendfsync: 'always' }),
    ...settings,
  }
}

const argsOf = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(' ')])

/** A client of 127.0.0.1 whose errors are those of its calls. */
function redisClient(options: ClientOptions): Redis {
  return new Redis({ host: '127.0.0.1', lazyConnect: true, ...options }).on('error', () => {})
}

/** A server that still reads its file answers LOADING, an error. */
async function ping(client: Redis): Promise<void> {
  try {
    await client.ping()
  } finally {
    client.disconnect()
  }
}
