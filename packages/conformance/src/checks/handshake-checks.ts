import { X509Certificate } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { UnaryCaller, verifyAddress } from '@easyrest/host'
import { cookie, createCertificate, dbService, type Handshake, healthService } from '@easyrest/protocol'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat, show } from '../expect.js'
import { Inapplicable } from '../inapplicable.js'
import type { RawPlugin } from '../raw-plugin.js'
import type { RunningPlugin } from '../running-plugin.js'
import { sampleCalls } from '../sample-calls.js'
import { StartFailure } from '../start-failure.js'
import type { Subject } from '../subject.js'
import { Violation } from '../violation.js'

export const handshakeChecks = group({ id: 'handshake', rule: 'plugin.proto, the line on standard output' }, [
  {
    id: 'time',
    title: 'a line comes on standard output within the time limit',
    run: async (subject) => {
      await subject.listening()
    },
  },
  {
    id: 'line',
    title: 'the first line is the handshake: version 2 over gRPC, and no certificate that nobody asked for',
    run: async (subject) => {
      const plugin = await subject.listening()
      const { certificate } = await plugin.handshake()
      expectEqual('the certificate', certificate, '')
      expectEqual('lines on standard output', plugin.stdout.split('\n').length - 1, 1)
    },
  },
  {
    id: 'address',
    title: 'the address is a socket in the private directory or a port of 127.0.0.1, and the plugin listens there',
    run: async (subject) => {
      const plugin = await subject.listening()
      const handshake = await plugin.handshake()
      await expectOwnAddress(handshake, plugin)
      await plugin.call(healthService.Check, { service: 'plugin' }, 5000).catch(unlessUnsupported)
    },
  },
  {
    id: 'cookie',
    title: 'without EASYREST_PLUGIN=easyrest the program exits with status 1 and says why on standard error',
    rule: 'plugin.proto, EASYREST_PLUGIN',
    run: async (subject) => {
      const values = [undefined, `not-${cookie.value}`]
      const { startTimeoutMs } = subject.launcher
      const started = values.map((value) => subject.spawn({ [cookie.name]: value }))
      await Promise.all(started.map(async (plugin) => expectRefusedStart(await plugin, startTimeoutMs)))
    },
  },
  {
    id: 'quiet',
    title: 'nothing follows the handshake on standard output, whatever is called',
    rule: 'plugin.proto, standard output',
    run: async (subject) => {
      const plugin = await subject.listening()
      await subject.launcher.initConnection({ info: async () => (await subject.plugin()).info(), call: callOn(plugin) })
      await useOnce(subject, plugin)
      await delay(200)
      const [handshake] = plugin.stdout.split('\n')
      expectEqual('standard output', plugin.stdout, `${handshake}\n`)
    },
  },
  {
    id: 'two',
    title: 'two processes on one database work at the same time',
    rule: 'plugin.proto, a plugin is a program',
    run: async (subject) => {
      for (const plugin of await twoProcesses(subject)) {
        const answer = await subject.call(healthService.Check, { service: 'plugin' }, { on: plugin })
        expectEqual('the health', answer.status, 'SERVING')
        await useOnce(subject, plugin)
      }
    },
  },
  {
    id: 'tls',
    title: 'an offer of a certificate is answered with one, and then only its owner is let in',
    rule: 'plugin.proto, PLUGIN_CLIENT_CERT',
    run: async (subject) => {
      const offered = createCertificate()
      const plugin = await subject.listening({ PLUGIN_CLIENT_CERT: offered.certificatePem.toString() })
      const { certificate, network } = await plugin.handshake()
      if (certificate === '' && network === 'unix') {
        throw new Inapplicable('the plugin does not answer the offer of a certificate')
      }
      expectThat(certificate !== '', 'a certificate, as every user of the machine can connect to a port', 'none')
      const server = pemOf(certificate)
      const owner = credentials.createSsl(server, offered.keyPem, offered.certificatePem)
      expectEqual('the health over TLS', await healthOver(plugin, owner), 'SERVING')
      const stranger = createCertificate()
      await expectNobody(plugin, credentials.createSsl(server, stranger.keyPem, stranger.certificatePem))
      await expectNobody(plugin, credentials.createInsecure())
    },
  },
])

const expectOwnAddress = async (handshake: Handshake, { directory }: RawPlugin): Promise<void> => {
  await verifyAddress(handshake, directory.path).catch((error: Error) => {
    throw new Violation('an address of the plugin alone', `${show(handshake)}: ${error.message}`)
  })
}

const expectRefusedStart = async (plugin: RawPlugin, ms: number): Promise<void> => {
  const ending = await plugin.endWithin(ms)
  expectThat(
    ending === 'status 1',
    `an end with status 1 within ${ms / 1000} seconds`,
    `${ending ?? 'none'}${plugin.output()}`,
  )
  expectEqual('standard output', plugin.stdout, '')
  expectThat(plugin.stderr.trim() !== '', 'a message on standard error', 'none')
}

const twoProcesses = (subject: Subject): Promise<RunningPlugin[]> =>
  Promise.all([subject.connected(), subject.connected()]).catch((error: unknown) => {
    throw error instanceof StartFailure ? new Violation('two processes that start', error.message) : error
  })

const callOn = (plugin: RawPlugin): RawPlugin['call'] => plugin.call.bind(plugin)

/** A call of each role; what it answers is another check's. */
const useOnce = async (subject: Subject, on: Pick<RawPlugin, 'call'>): Promise<void> => {
  const { roles } = await (await subject.plugin()).info()
  if (roles.includes('db')) await expectRefusal(subject.call(dbService.TableGet, { table: 'easyrest_none' }, { on }))
  if (roles.length > 1 || roles.includes('cache')) {
    const calls = await sampleCalls(subject).catch(() => undefined)
    await calls?.unary(0, on).catch(() => {})
  }
}

const pemOf = (certificate: string): Buffer => {
  try {
    return Buffer.from(new X509Certificate(Buffer.from(certificate, 'base64')).toString())
  } catch (error) {
    throw new Violation(`a certificate in base64 of DER (${(error as Error).message})`, certificate)
  }
}

const healthOver = async (plugin: RawPlugin, channel: ChannelCredentials): Promise<string> => {
  const caller = new UnaryCaller(await plugin.client(channel))
  const answer = await caller.call(healthService.Check, 'unspecified', { service: 'plugin' }, { timeoutMs: 5000 })
  return answer.status
}

const expectNobody = async (plugin: RawPlugin, channel: ChannelCredentials): Promise<void> => {
  const status = await healthOver(plugin, channel).catch(() => 'refused')
  expectEqual('a connection without the offered certificate', status, 'refused')
}

const unlessUnsupported = (error: Error): void => {
  if ((error as { reason?: string }).reason !== 'unsupported') throw error
}
