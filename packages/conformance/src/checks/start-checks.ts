import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { CallError } from '@easyrest/host'
import {
  type Capability,
  cacheService,
  connectionScheme,
  dbService,
  healthService,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
  pluginService,
  type Role,
  type Rpc,
} from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat, show } from '../expect.js'
import { Inapplicable } from '../inapplicable.js'
import { contextWith } from '../requests.js'
import type { RunningPlugin } from '../running-plugin.js'
import { sampleCalls } from '../sample-calls.js'
import { SessionClient } from '../session-client.js'
import type { Subject } from '../subject.js'
import { Violation } from '../violation.js'

export const startChecks = group({ id: 'start', rule: 'db.proto, DBPlugin.InitConnection' }, [
  {
    id: 'health',
    title: 'the health of the service "plugin" is SERVING',
    rule: 'plugin.proto, grpc.health.v1.Health',
    run: async (subject) => {
      const answer = await subject.call(healthService.Check, { service: 'plugin' })
      expectEqual('the status', answer.status, 'SERVING')
    },
  },
  {
    id: 'info',
    title: 'GetInfo names the plugin, its roles and the scheme of the URI',
    rule: 'plugin.proto, GetInfoResponse',
    run: async (subject) => {
      const { name, roles, schemes } = await describedInfo(subject)
      subject.note(pluginService.GetInfo, {})
      expectThat(name !== '', 'a name', name)
      expectThat(roles.length > 0 && !roles.includes('unspecified'), 'one or more known roles', roles)
      const scheme = connectionScheme(subject.launcher.subject.uri)
      const known = schemes.map((text) => text.toLowerCase())
      expectThat(scheme !== undefined && known.includes(scheme), `${scheme} among the schemes`, schemes)
    },
  },
  {
    id: 'named',
    title: 'each capability that is named and has a method of its own has that method',
    rule: 'plugin.proto, capabilities',
    run: async (subject) => {
      const { capabilities } = await describedInfo(subject)
      const offered = probesOf(await rolesOf(subject)).filter(({ capability }) => capabilities.includes(capability))
      for (const probe of offered) {
        const reason = await probe.reason(subject)
        if (reason === 'unsupported') throw new Violation(`an answer, as ${probe.capability} is named`, reason)
      }
    },
  },
  {
    id: 'unnamed',
    title: 'methods of capabilities that are not named answer unsupported, and the plugin lives on',
    rule: 'plugin.proto, capabilities',
    run: async (subject) => {
      const { capabilities } = await (await subject.plugin()).info()
      const roles = await rolesOf(subject)
      const others = probesOf(['db', 'cache']).filter(
        ({ role, capability }) => !capabilities.includes(capability) || (role !== undefined && !roles.includes(role)),
      )
      for (const probe of others)
        expectEqual(`the reason for ${probe.capability}`, await probe.reason(subject), 'unsupported')
      await expectHealthy(subject, await subject.plugin())
    },
  },
  {
    id: 'before',
    title: 'a call before InitConnection is refused, and InitConnection works after it',
    run: async (subject) => {
      const plugin = await subject.launch()
      const { roles } = await plugin.info()
      if (roles.includes('db')) await expectError(subject.call(dbService.GetSchema, {}, { on: plugin }))
      if (roles.includes('cache'))
        await expectError(subject.call(cacheService.Get, { key: 'easyrest' }, { on: plugin }))
      await expectHealthy(subject, plugin)
      for (const role of await rolesOf(subject)) await connect(subject, plugin, role, subject.launcher.subject.uri)
    },
  },
  {
    id: 'scheme',
    title: 'a URI of another scheme, or of none, is refused as bad_value',
    run: async (subject) => {
      const plugin = await subject.launch()
      for (const role of await rolesOf(subject)) {
        for (const uri of ['easyrest-other://localhost/db', 'not a URI', '']) {
          await expectRefusal(connect(subject, plugin, role, uri), 'bad_value')
        }
      }
      await expectHealthy(subject, plugin)
    },
  },
  {
    id: 'unreachable',
    title: 'a database that cannot be reached is noticed at once: unavailable',
    needs: { seed: ['unreachable'] },
    run: async (subject) => {
      const plugin = await subject.launch()
      for (const role of await rolesOf(subject)) {
        await expectRefusal(connect(subject, plugin, role, subject.seed!.unreachable!), 'unavailable')
      }
    },
  },
  {
    id: 'repeat',
    title: 'the same URI again is fine, also at the same time',
    run: async (subject) => {
      const plugin = await subject.launch()
      const { uri } = subject.launcher.subject
      for (const role of await rolesOf(subject)) {
        await Promise.all([connect(subject, plugin, role, uri), connect(subject, plugin, role, uri)])
        await connect(subject, plugin, role, uri)
      }
    },
  },
  {
    id: 'another',
    title: 'another URI is refused as bad_value, and the connection stays as it was',
    run: async (subject) => {
      const plugin = await subject.plugin()
      const calls = await sampleCalls(subject).catch(() => undefined)
      for (const role of await rolesOf(subject)) {
        await expectRefusal(connect(subject, plugin, role, otherUri(subject)), 'bad_value')
      }
      await calls?.unary(0, plugin)
    },
  },
  {
    id: 'secrets',
    title: 'the password of a URI is in no error and in no log',
    rule: 'db.proto, InitConnectionRequest.uri',
    run: async (subject) => {
      const plugin = await subject.connected()
      const secret = `secret-${randomUUID()}`
      const scheme = connectionScheme(subject.launcher.subject.uri)
      for (const role of await rolesOf(subject)) {
        for (const start of [scheme, 'easyrest-other']) {
          const refused = connect(subject, plugin, role, `${start}://easyrest:${secret}@127.0.0.1:1/none`)
          expectNoSecret('the error', show(detailsOf(await expectRefusal(refused))), secret)
        }
      }
      await delay(100)
      expectNoSecret('the log', subject.launcher.output.join('\n'), secret)
    },
  },
])

interface MethodProbe {
  readonly role: Role | undefined
  readonly capability: Capability
  /** Why a call that means nothing was refused; '' when it was answered. */
  reason(subject: Subject): Promise<string>
}

/** A call for each capability that is a method. They change nothing, whatever the plugin makes of them. */
const probesOf = (roles: readonly Role[]): MethodProbe[] => {
  const none = 'easyrest_conformance_none'
  const context = contextWith({ readOnly: true, txEnd: 'rollback' })
  const probe =
    <Request extends object, Response>(rpc: Rpc<Request, Response>, request: Partial<Request>) =>
    async (subject: Subject) =>
      reasonOf(subject.call(rpc, request))
  const all: MethodProbe[] = [
    { role: undefined, capability: 'session', reason: openSession },
    { role: 'db', capability: 'stream', reason: openStream },
    {
      role: 'db',
      capability: 'functions',
      reason: probe(dbService.CallFunction, { context, function: none, arguments: Buffer.from('{}') }),
    },
    { role: 'db', capability: 'query', reason: probe(dbService.Query, { context, statement: none }) },
    { role: 'db', capability: 'ensure_table', reason: probe(dbService.EnsureTable, { context, table: none }) },
    { role: 'db', capability: 'batch', reason: probe(dbService.TableBatch, { context }) },
    { role: 'cache', capability: 'cache_delete', reason: probe(cacheService.Delete, { key: none }) },
  ]
  return all.filter(({ role }) => role === undefined || roles.includes(role))
}

const openSession = async (subject: Subject): Promise<string> => {
  subject.note(pluginService.Session, {})
  const session = new SessionClient((await subject.plugin()).process.channel.data)
  try {
    // A call that no plugin serves: what matters is whether somebody answers.
    await session.answers(session.send([{ method: 'unspecified', message: Buffer.alloc(0), timeoutMs: 2000 }]), 5000)
    return ''
  } catch (error) {
    if (error instanceof Violation && /UNIMPLEMENTED/.test(error.received)) return 'unsupported'
    throw error
  } finally {
    session.close()
  }
}

const openStream = async (subject: Subject): Promise<string> => {
  const read = async () => {
    for await (const _chunk of subject.stream({ table: 'easyrest_conformance_none' })) return
  }
  return reasonOf(read())
}

const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return ''
  } catch (error) {
    if (error instanceof PluginError) return error.reason
    throw error
  }
}

/** Any error will do, also one without a reason; but the plugin must have answered. */
const expectError = async (call: Promise<unknown>): Promise<void> => {
  const answer = await call.catch((error: unknown) => {
    if (error instanceof PluginError || (error instanceof CallError && error.kind === 'protocol')) return undefined
    throw error
  })
  if (answer !== undefined) throw new Violation('an error', `the answer ${show(answer)}`)
}

const describedInfo = async (subject: Subject) => {
  const info = await (await subject.plugin()).info()
  if (!info.isAnswered) throw new Inapplicable('the plugin does not serve GetInfo')
  return info
}

const rolesOf = async (subject: Subject): Promise<Role[]> => {
  const { roles } = await (await subject.plugin()).info()
  return roles.filter((role) => role === 'db' || role === 'cache')
}

const connect = (subject: Subject, on: RunningPlugin, role: Role, uri: string): Promise<InitConnectionResponse> => {
  const { InitConnection } = role === 'cache' ? cacheService : dbService
  const rpc: Rpc<InitConnectionRequest, InitConnectionResponse> = InitConnection
  return subject.call(rpc, { uri, connectionName: 'conformance' }, { on })
}

const expectHealthy = async (subject: Subject, on: RunningPlugin): Promise<void> => {
  const answer = await subject.call(healthService.Check, { service: 'plugin' }, { on }).catch((error: unknown) => {
    if (error instanceof PluginError && error.reason === 'unsupported') return { status: 'SERVING' }
    throw error
  })
  expectEqual('the health afterwards', answer.status, 'SERVING')
}

// One that a plugin which tries it cannot open, so that nothing is made.
const otherUri = ({ seed, launcher }: Subject): string =>
  seed?.unreachable ?? `${connectionScheme(launcher.subject.uri)}:///nonexistent/easyrest-conformance`

const detailsOf = ({ message, details }: PluginError) => ({ message, details })

const expectNoSecret = (where: string, text: string, secret: string): void => {
  if (text.includes(secret)) throw new Violation(`no password in ${where}`, text.slice(0, 600))
}
