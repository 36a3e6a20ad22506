import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { GoPrograms } from './go-programs.js'

/** The Go program in test/support/go/host, which talks a JSON object a line. */
export class GoHost {
  private readonly child: ChildProcess
  private readonly lines: AsyncIterator<string>
  private stderr = ''

  /** @param program of the plugin that it starts */
  constructor({ host, env }: GoPrograms, program: string, flags: readonly string[]) {
    this.child = spawn(host, [...flags, program], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.lines = linesOf(this.child)[Symbol.asyncIterator]()
  }

  async next<T>(kind: string): Promise<T> {
    const { value } = await this.lines.next()
    const message = value === undefined ? {} : (JSON.parse(value) as Record<string, T>)
    if (!(kind in message)) throw new Error(`expected "${kind}" from the Go host, got ${value}\n${this.stderr}`)
    return message[kind] as T
  }

  call<T>(service: string, method: string, request: object = {}): Promise<T> {
    this.say(service, method, request)
    return this.next('response')
  }

  fail(service: string, method: string, request: object): Promise<{ text: string; trailer: number }> {
    this.say(service, method, request)
    return this.next('error')
  }

  async kill(): Promise<{ exited: boolean; ms: number }> {
    const exited = once(this.child, 'exit')
    this.child.stdin!.end()
    const killed = await this.next<{ exited: boolean; ms: number }>('killed')
    await exited
    return killed
  }

  private say(service: string, method: string, request: object): void {
    this.child.stdin!.write(`${JSON.stringify({ service, method, request })}\n`)
  }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  let rest = ''
  for await (const text of child.stdout!.setEncoding('utf8')) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
