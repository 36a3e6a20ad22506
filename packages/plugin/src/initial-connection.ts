import {
  connectionScheme,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
} from '@easyrest/protocol'
import type { Call } from './call.js'

/** Connects, pings, and says what answered. */
type Connect = (request: InitConnectionRequest, call: Call) => Promise<InitConnectionResponse>

/** The rules of InitConnection for one role, so that an author need not think of them. */
export class InitialConnection {
  private uri: string | undefined
  private answer: Promise<InitConnectionResponse> | undefined
  private connected = false

  /** @param schemes the URI schemes this plugin accepts */
  constructor(
    private readonly schemes: readonly string[],
    private readonly connect: Connect,
  ) {}

  /** The same URI again gets the first answer, another is refused; after a failure any may be tried again. */
  async open(request: InitConnectionRequest, call: Call): Promise<InitConnectionResponse> {
    this.checkScheme(request.uri)
    if (this.answer !== undefined) return this.repeated(request.uri)
    this.uri = request.uri
    this.answer = this.first(request, call)
    return this.answer
  }

  /** Throws `unavailable` before the first success of `open`. */
  require(): void {
    if (!this.connected) {
      throw new PluginError(
        'unavailable',
        'the plugin is not connected yet: InitConnection comes before any other call',
      )
    }
  }

  private checkScheme(uri: string): void {
    const scheme = connectionScheme(uri)
    if (scheme !== undefined && this.schemes.some((accepted) => accepted.toLowerCase() === scheme)) return
    const received = scheme === undefined ? 'a URI without a scheme' : `the scheme "${scheme}"`
    throw new PluginError('bad_value', `expected a URI that begins with ${this.expected()}, got ${received}`)
  }

  private expected(): string {
    return this.schemes.map((scheme) => `${scheme}://`).join(' or ')
  }

  private repeated(uri: string): Promise<InitConnectionResponse> {
    if (uri === this.uri) return this.answer!
    throw new PluginError('bad_value', 'the plugin is connected to another URI; start one process per connection')
  }

  private async first(request: InitConnectionRequest, call: Call): Promise<InitConnectionResponse> {
    try {
      const answer = await this.connect(request, call)
      this.connected = true
      return answer
    } catch (error) {
      this.answer = undefined
      throw error
    }
  }
}
