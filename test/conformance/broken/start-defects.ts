import { dbService, type InitConnectionRequest } from '@easyrest/protocol'
import { status } from '@grpc/grpc-js'
import { altered } from './altered.js'
import type { Handler, ProgramDefect } from './program-defect.js'

export const startDefects: Readonly<Record<string, ProgramDefect>> = {
  'start.health': { handlers: { Check: () => (_call, reply) => reply(null, { status: 'NOT_SERVING' }) } },
  'start.info': { options: (options) => ({ ...options, name: '' }) },
  'start.named': { db: (db) => altered(db, { capabilities: [...db.capabilities!, 'functions'] }) },
  'start.unnamed': { handlers: { CallFunction: () => answerNothing } },
  'start.before': { handlers: { GetSchema: () => answerNothing } },
  'start.scheme': onInit(({ uri }) => (uri.startsWith('sqlite:') ? undefined : 'accept')),
  // Connects when the first call comes.
  'start.unreachable': {
    db: (db) =>
      altered(db, {
        initConnection: (request, call) => db.initConnection(request, call).catch(() => ({ server: 'later' })),
      }),
  },
  'start.repeat': onInit((_request, before) => (before > 1 ? 'refuse' : undefined)),
  'start.another': onInit((_request, before) => (before > 1 ? 'accept' : undefined)),
  'start.secrets': onInit(({ uri }) => void console.error(`connecting to ${uri}`)),
}

function answerNothing(_call: unknown, reply: (error: null, response: Buffer) => void): void {
  reply(null, Buffer.alloc(0))
}

/** @param decide undefined: what the SDK does; `before` counts the InitConnections so far, of both roles */
function onInit(
  decide: (request: InitConnectionRequest, before: number) => 'accept' | 'refuse' | undefined,
): ProgramDefect {
  let before = 0
  const InitConnection =
    (original: Handler): Handler =>
    (call, reply) => {
      const decision = decide(dbService.InitConnection.requestDeserialize(call.request), before++)
      if (decision === 'accept') answerNothing(call, reply)
      else if (decision === 'refuse') reply({ code: status.INVALID_ARGUMENT, details: 'connected already' })
      else original(call, reply)
    }
  return { handlers: { InitConnection } }
}
