import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 for a server that will be down for a while: below those that the kernel gives to connections, or
 * one of them could take it meanwhile, even one that is made to that very port.
 * @param alsoFree further ports that go with one, and have to be free too
 */
export async function serverPort(alsoFree: (port: number) => readonly number[] = () => []): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = lowest + Math.floor(Math.random() * count)
    const ports = [port, ...alsoFree(port)]
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return port
  }
  throw new Error(`no free port from ${lowest} on`)
}

const lowest = 14_000
// Redis Cluster adds 10,000.
const count = 8000

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
