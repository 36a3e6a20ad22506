#!/usr/bin/env node
// A plugin that misbehaves in the way the variable EVIL names. Set it in the connection's env.
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificate } from '@easyrest/protocol'
import { answer, listen } from './fixture-server.mjs'

const directory = process.env.PLUGIN_UNIX_SOCKET_DIR
const socket = join(directory, 'plugin.sock')
const stay = () => setInterval(() => {}, 1000)
const say = (line) => process.stdout.write(line)
const handshake = (path) => say(`1|2|unix|${path}|grpc|\n`)
const handshakeWith = (network, address, { der }) => say(`1|2|${network}|${address}|grpc|${der.toString('base64')}\n`)
const flood = (stream, text) => {
  const write = () => {
    while (stream.write(text));
    stream.once('drain', write)
  }
  write()
}

const behaviours = {
  silent: stay,
  nuls: () => {
    say(`${'\0'.repeat(100)}\n`)
    stay()
  },
  coloured: () => {
    say(`\u001b[32m1|2|unix|${socket}|grpc|\u001b[0m\n`)
    stay()
  },
  // A byte order mark and CRLF, as an editor on another system leaves them.
  'windows-line': async () => {
    say(`\ufeff1|2|unix|${await listen()}|grpc|\r\n`)
  },
  garbage: () => {
    say('Welcome to my database!\nusing config /etc/x\n')
    stay()
  },
  'binary-garbage': () => {
    process.stdout.write(Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7) % 256)))
    process.stdout.end(() => process.exit(0))
  },
  'endless-line': () => {
    say('x'.repeat(10_000_000))
    stay()
  },
  'exits-at-once': () => {
    process.stderr.write('cannot open the license file\ngiving up\n', () => process.exit(3))
  },
  'exits-zero': () => process.exit(0),
  'killed-at-once': () => process.kill(process.pid, 'SIGTERM'),
  netrpc: () => {
    say(`1|1|unix|${socket}|netrpc|\n`)
    stay()
  },
  'wrong-version': () => {
    say(`1|9|unix|${socket}|grpc|\n`)
    stay()
  },
  'wrong-core': () => {
    say(`7|2|unix|${socket}|grpc|\n`)
    stay()
  },
  'wrong-network': () => {
    say(`1|2|pigeon|${socket}|grpc|\n`)
    stay()
  },
  certificate: async () => {
    say(`1|2|unix|${await listen()}|grpc|${'A'.repeat(80)}\n`)
  },
  'tcp-outside': () => {
    say('1|2|tcp|10.0.0.1:80|grpc|\n')
    stay()
  },
  'tcp-everywhere': () => {
    say('1|2|tcp|0.0.0.0:80|grpc|\n')
    stay()
  },
  // The socket of another plugin, which OTHER names.
  'socket-of-another': () => {
    handshake(process.env.OTHER)
    stay()
  },
  multiplexes: () => {
    say(`1|2|unix|${socket}|grpc||true\n`)
    stay()
  },
  'no-socket': () => {
    handshake(socket)
    stay()
  },
  'not-listening': () => {
    // A socket file whose listener is gone.
    spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]).once('exit', () => handshake(socket))
    stay()
  },
  'not-http2': () => {
    const server = createServer((peer) => peer.on('error', () => {}).end('220 smtp ready\r\n'))
    server.listen(socket, () => handshake(socket))
  },
  'mute-listener': () => {
    createServer((peer) => peer.on('error', () => {})).listen(socket, () => handshake(socket))
  },
  'socket-outside': () => {
    const outside = join(tmpdir().replace(/\/er-.*$/, ''), `outside-${process.pid}.sock`)
    createServer().listen(outside, () => handshake(outside))
    process.on('exit', () => rmSync(outside, { force: true }))
  },
  'not-a-socket': () => {
    writeFileSync(socket, '')
    handshake(socket)
    stay()
  },
  'crash-in-init': async () => {
    const path = await listen({
      replace: {
        InitConnection: () => process.stderr.write('panic: no such luck\n', () => process.kill(process.pid, 'SIGABRT')),
      },
    })
    handshake(path)
  },
  'hang-in-health': async () => handshake(await listen({ replace: { Check: () => {} } })),
  'no-services': async () => handshake(await listen({ omit: ['Check', 'GetInfo', 'InitConnection'] })),
  minimal: async () => handshake(await listen({ omit: ['Check', 'GetInfo', 'Shutdown', 'StreamStdio'] })),
  tcp: async () => say(`1|2|tcp|${await listen({ tcp: true })}|grpc|\n`),
  // Takes TLS where it is offered, on TCP and on the socket.
  'tcp-tls': async () => {
    if (process.env.PLUGIN_CLIENT_CERT === undefined) return behaviours.tcp()
    const certificate = createCertificate()
    handshakeWith('tcp', await listen({ tcp: true, certificate }), certificate)
  },
  'unix-tls': async () => {
    const certificate = createCertificate()
    handshakeWith('unix', await listen({ certificate }), certificate)
  },
  // The handshake names a certificate that is not the one it serves with, as a stranger on its port would.
  'other-certificate': async () =>
    handshakeWith('unix', await listen({ certificate: createCertificate() }), createCertificate()),
  'bad-certificate': async () => say(`1|2|unix|${await listen()}|grpc|${'A'.repeat(80)}\n`),
  'slow-start': async () => {
    await new Promise((resolve) => setTimeout(resolve, 600))
    handshake(await listen())
  },
  'slow-restart': async () => {
    const mark = join(process.env.MARKS, 'started')
    if (existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 600))
    writeFileSync(mark, '')
    handshake(await listen())
  },
  'dies-after-first': async () => {
    const mark = join(process.env.MARKS, 'started')
    if (existsSync(mark)) process.exit(4)
    writeFileSync(mark, '')
    handshake(await listen())
  },
  'two-lines': async () => {
    const path = await listen()
    say(`starting up\n1|2|unix|${path}|grpc|\nready to serve\n`)
  },
  'stdout-flood': async () => {
    handshake(await listen())
    flood(process.stdout, 'x'.repeat(65_536))
  },
  'stderr-flood': async () => {
    handshake(await listen())
    flood(process.stderr, `${'y'.repeat(1000)}\n`)
  },
  'stderr-endless-line': async () => {
    handshake(await listen())
    flood(process.stderr, 'z'.repeat(65_536))
  },
  'removes-socket': async () => {
    handshake(await listen())
    setTimeout(() => rmSync(socket), 300)
  },
  'dies-after-init': async () => {
    const reply = answer(() => {
      setTimeout(() => process.exit(5), 30)
      return { server: '' }
    })
    handshake(await listen({ replace: { InitConnection: reply } }))
  },
  // The first connection works for ever; what comes later is taken in, and after a while goes nowhere.
  'stuck-data-connection': async () => {
    const inner = await listen({ path: join(directory, 'inner.sock') })
    const mark = join(process.env.MARKS, 'stuck')
    const stuck = existsSync(mark)
    let count = 0
    const server = createServer((peer) => {
      const first = count++ === 0
      const there = connect(inner)
      for (const end of [peer, there]) end.on('error', () => {})
      peer.pipe(there).pipe(peer)
      if (first || stuck) return
      setTimeout(() => {
        writeFileSync(mark, '')
        peer.unpipe(there)
        there.unpipe(peer)
      }, 500)
    })
    server.listen(socket, () => handshake(socket))
  },
  // Whoever connects first is served, and nobody after.
  'two-connections': async () => {
    const inner = await listen({ path: join(directory, 'inner.sock') })
    let count = 0
    const server = createServer((peer) => {
      if (count++ >= 2) return peer.destroy()
      const there = connect(inner)
      for (const end of [peer, there]) end.on('error', () => {})
      peer.pipe(there).pipe(peer)
    })
    server.listen(socket, () => handshake(socket))
  },
  'ignores-shutdown': async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
    handshake(await listen({ replace: { Shutdown: () => {} } }))
  },
  // Ends for SIGKILL only: not with its host, as a plugin made without an SDK.
  'ignores-host': async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
    handshake(await listen({ lifeline: false }))
  },
  // The child leaves the group and the session, and its parent is gone.
  'escaped-child': async () => {
    const script = 'sleep 300 & echo $! > "$MARKS/child"'
    spawn('setsid', ['sh', '-c', script], { stdio: ['ignore', 'inherit', 'inherit'] }).once('exit', async () =>
      handshake(await listen()),
    )
  },
  'leaves-child': async () => {
    // The child keeps the pipes and outlives the plugin, unless the host ends the whole group.
    const child = spawn('sleep', ['300'], { stdio: ['ignore', 'inherit', 'inherit'] })
    writeFileSync(join(process.env.MARKS, 'child'), String(child.pid))
    handshake(await listen())
  },
  'locks-directory': async () => {
    handshake(await listen())
    chmodSync(directory, 0)
  },
  'leaks-uri': async () => {
    const path = await listen({
      replace: {
        InitConnection: answer(({ uri }) => {
          console.error(`connecting to ${uri}`)
          return { server: '' }
        }),
      },
    })
    handshake(path)
  },
}

const behaviour = behaviours[process.env.EVIL]
if (behaviour === undefined)
  throw new Error(`expected EVIL to be one of ${Object.keys(behaviours)}, got ${process.env.EVIL}`)
await behaviour()
