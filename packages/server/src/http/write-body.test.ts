import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeBody } from './write-body.js'

describe('writeBody', () => {
  it('writes every piece and ends the body', async (t) => {
    const run = await serve(t, (response) => writeBody(response, pieces(5, 300_000)))
    const answer = await fetch(`http://127.0.0.1:${run.port}`)
    assert.equal((await answer.arrayBuffer()).byteLength, 1_500_000)
    await run.outcome
  })

  it('asks for no more than the client takes', async (t) => {
    let asked = 0
    const run = await serve(t, (response) =>
      writeBody(
        response,
        pieces(1000, 1_000_000, () => asked++),
      ),
    )
    const socket = await request(run.port)
    await sleep(300)
    // What lies between is in the buffers of the two sockets.
    assert.ok(asked > 0 && asked < 20, `asked for ${asked} pieces`)
    socket.destroy()
    await run.outcome
    assert.ok(asked < 20, `asked for ${asked} pieces`)
  })

  it('is content when the client goes away while a piece is awaited', async (t) => {
    let left = false
    const run = await serve(t, async (response) => {
      const gone = new Promise<void>((resolve) => response.on('close', resolve))
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        try {
          yield Buffer.from('x')
          await gone
          throw new Error('cancelled')
        } finally {
          left = true
        }
      }
      await writeBody(response, endless())
    })
    const socket = await request(run.port)
    socket.destroy()
    await run.outcome
    assert.ok(left)
  })

  it('gives up on a client that takes nothing', async (t) => {
    const run = await serve(t, (response) => writeBody(response, pieces(1000, 1_000_000), 200))
    const socket = await request(run.port)
    const started = performance.now()
    await assert.rejects(run.outcome, /taken nothing for 200 ms/)
    assert.ok(performance.now() - started < 2000)
    socket.destroy()
  })

  it('waits for a client that is slow, and for pieces that are', async (t) => {
    const run = await serve(t, (response) =>
      writeBody(
        response,
        pieces(24, 1_000_000, () => sleep(20)),
        300,
      ),
    )
    const socket = await request(run.port)
    let received = 0
    socket.on('data', async (data: Buffer) => {
      received += data.length
      socket.pause()
      await sleep(2)
      socket.resume()
    })
    socket.resume()
    const started = performance.now()
    await run.outcome
    assert.ok(performance.now() - started > 600, 'control: the whole took longer than the limit for a stall')
    assert.ok(received > 10_000_000)
    socket.destroy()
  })

  it('passes on what goes wrong with a piece', async (t) => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x')
      throw new Error('broken')
    }
    const run = await serve(t, (response) => writeBody(response, broken()))
    const socket = await request(run.port)
    await assert.rejects(run.outcome, /broken/)
    socket.destroy()
  })

  it('leaves the connection to the next request', async (t) => {
    const run = await serve(t, (response) => writeBody(response, pieces(2, 500_000), 100))
    const socket = await request(run.port)
    socket.resume()
    await run.outcome
    await sleep(400)
    assert.ok(!socket.destroyed, 'expected the time limit to end with the body')
    socket.destroy()
  })
})

interface Run {
  readonly port: number
  /** Of the first request. */
  readonly outcome: Promise<void>
}

const serve = async (t: TestContext, handle: (response: ServerResponse) => Promise<void>): Promise<Run> => {
  let settle!: (outcome: Promise<void>) => void
  const outcome = new Promise<void>((resolve) => {
    settle = resolve
  })
  outcome.catch(() => {})
  const server = createServer((_request, response) => {
    const running = handle(response)
    running.catch(() => response.destroy())
    settle(running)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, outcome }
}

/** Sends a request and reads nothing of the answer. */
const request = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      setTimeout(() => resolve(socket), 50)
    })
    socket.pause()
    socket.on('error', reject)
  })

async function* pieces(count: number, size: number, before?: () => unknown): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) {
    await before?.()
    yield Buffer.alloc(size, 'x')
  }
}
