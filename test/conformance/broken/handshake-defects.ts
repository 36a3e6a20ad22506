import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cookie } from '@easyrest/protocol'
import { ServerCredentials } from '@grpc/grpc-js'
import { altered } from './altered.js'
import type { ProgramDefect } from './program-defect.js'

export const handshakeDefects: Readonly<Record<string, ProgramDefect>> = {
  'handshake.time': { before: () => delay(120_000) },
  'handshake.line': { before: () => say('Welcome to my database!\n') },
  'handshake.address': { before: () => rewriteHandshake((line) => line.replace(/unix\|[^|]+/, 'tcp|0.0.0.0:4242')) },
  'handshake.cookie': {
    before: () => {
      process.env[cookie.name] = cookie.value
    },
  },
  'handshake.quiet': {
    db: (db) =>
      altered(db, {
        tableGet: (request, call) => {
          say(`debug: reading ${request.table}\n`)
          return db.tableGet(request, call)
        },
      }),
  },
  // Fails when the file is there.
  'handshake.two': { before: () => void openSync(join(process.env.DEFECT_DIRECTORY!, 'lock'), 'wx') },
  'handshake.tls': {
    before: () => {
      const { createSsl } = ServerCredentials
      ServerCredentials.createSsl = (roots, pairs) => createSsl(roots, pairs, false)
    },
  },
}

// Past whatever the SDK makes of process.stdout.
function say(text: string): void {
  writeSync(1, text)
}

function rewriteHandshake(change: (line: string) => string): void {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = ((line: string, done?: () => void) => write(change(line), done)) as typeof process.stdout.write
}
