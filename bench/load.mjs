// The load generator, in a process of its own: keep-alive connections, one request in flight on each, and no more
// parsing than it takes to find the end of an answer, because what it costs is taken from the server on a small machine.
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { answerParent } from './answer-parent.mjs'
import { cpuMicros } from './processes.mjs'

answerParent((job) => (job.kind === 'export' ? download(job) : load(job)))

/**
 * Loads a server for some seconds.
 * @param pids the processes whose CPU is taken over just that time
 */
async function load({ port, connections, seconds, pids, ...shape }) {
  const requests = prepare(shape, port)
  const latencies = new Latencies()
  const opened = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const cpu = pids.map(cpuMicros)
  const own = process.cpuUsage()
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(opened.map((connection) => run(connection, requests, latencies, end)))
  const elapsed = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(own)
  const used = pids.map((pid, index) => cpuMicros(pid) - cpu[index])
  for (const connection of opened) connection.close()
  return {
    requests: latencies.count,
    seconds: elapsed,
    cpuMicros: used,
    loadMicros: user + system,
    ...latencies.times(),
  }
}

async function run(connection, requests, latencies, end) {
  for (let now = performance.now(); now < end; ) {
    await connection.exchange(requests[latencies.count % requests.length])
    const after = performance.now()
    latencies.add(after - now)
    now = after
  }
}

/** Requests as bytes, each with another key, so that no cache below answers for the database. */
function prepare({ method, path, headers, body, keys }, port) {
  const count = keys === undefined ? 1 : 1024
  return Array.from({ length: count }, (_, index) => {
    const key = keys === undefined ? '' : String(keys.from + ((index * 7919) % (keys.to - keys.from)))
    const content = (body ?? '').replaceAll('{key}', key)
    const lines = [
      `${method} ${path.replaceAll('{key}', key)} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(content)}`]),
    ]
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${content}`)
  })
}

const open = (port) =>
  new Promise((resolve, reject) => {
    const connection = new Connection(port, reject)
    connection.socket.once('connect', () => resolve(connection))
  })

/** One keep-alive connection. Reads into one buffer of its own, without the machinery of streams. */
class Connection {
  #head = ''
  #missing = 0
  #inHead = true
  #done
  #failed

  constructor(port, failed) {
    this.#failed = failed
    const onread = {
      buffer: Buffer.allocUnsafeSlow(64 * 1024),
      callback: (length, buffer) => this.#read(length, buffer),
    }
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread })
    this.socket.on('error', (error) => this.#failed(error))
    this.socket.on('close', () => this.#failed(new Error('the server closed the connection')))
  }

  /** Resolves when the answer is complete; rejects when it is no success. */
  exchange(request) {
    return new Promise((resolve, reject) => {
      this.#done = resolve
      this.#failed = reject
      this.socket.write(request)
    })
  }

  close() {
    this.#failed = () => {}
    this.socket.destroy()
  }

  #read(length, buffer) {
    const body = this.#inHead ? this.#readHead(length, buffer) : length
    if (this.#inHead) return true
    this.#missing -= body
    if (this.#missing < 0) this.#failed(new Error('the answer is longer than its Content-Length'))
    if (this.#missing !== 0) return true
    this.#head = ''
    this.#inHead = true
    this.#done()
    return true
  }

  /** Gives the number of bytes behind the head. */
  #readHead(length, buffer) {
    const before = this.#head.length
    this.#head += buffer.latin1Slice(0, length)
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return 0
    this.#inHead = false
    this.#missing = this.#contentLength(end)
    return before + length - end - 4
  }

  #contentLength(end) {
    const head = this.#head
    if (head.charCodeAt(9) !== 0x32) this.#failed(new Error(`expected a success, got: ${head.slice(0, end + 400)}`))
    const name = head.indexOf('\r\nContent-Length: ')
    if (name >= 0 && name < end) return Number(head.slice(name + 18, head.indexOf('\r\n', name + 18)))
    if (head.startsWith('204', 9)) return 0
    this.#failed(new Error(`expected a Content-Length, got: ${head.slice(0, end)}`))
    return Number.POSITIVE_INFINITY
  }
}

class Latencies {
  count = 0
  #values = new Float64Array(1 << 20)

  add(ms) {
    this.#values[this.count++ % this.#values.length] = ms
  }

  times() {
    const sorted = this.#values.subarray(0, Math.min(this.count, this.#values.length)).sort()
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    return { p50: at(0.5), p99: at(0.99) }
  }
}

/** One large answer: when its first byte came, when its last, and how many lines and bytes it had. */
function download({ port, path, headers }) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const seen = { status: response.statusCode, bytes: 0, lines: 0, firstMs: Number.NaN }
      response.on('data', (chunk) => {
        if (seen.bytes === 0) seen.firstMs = performance.now() - start
        seen.bytes += chunk.length
        seen.lines += countLines(chunk)
      })
      response.on('end', () => resolve({ ...seen, totalMs: performance.now() - start }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })
}

function countLines(chunk) {
  let lines = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  return lines
}
