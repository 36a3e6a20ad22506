import { CallError, type PluginProcess, unlessExited } from '@easyrest/host'
import { cacheService, dbService, PluginError, type PluginInfo, pluginService, type Rpc } from '@easyrest/protocol'

/** What a plugin says of itself; of one without GetInfo, what it serves. */
export interface DescribedPlugin extends PluginInfo {
  /** GetInfo is served. */
  readonly isAnswered: boolean
}

/** One process of the program. */
export class RunningPlugin {
  hasEnded = false
  private described: Promise<DescribedPlugin> | undefined

  constructor(readonly process: PluginProcess) {
    void process.exited.then(() => {
      this.hasEnded = true
    })
  }

  /** One unary call. Rejects with PluginError or CallError. */
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, timeoutMs = 10_000): Promise<Response> {
    return unlessExited(this.process, this.process.control.call(rpc, 'unspecified', request, { timeoutMs }))
  }

  /** What GetInfo answers; asked once. Of a plugin without it, what it serves. */
  info(): Promise<DescribedPlugin> {
    this.described ??= this.describe()
    return this.described
  }

  private async describe(): Promise<DescribedPlugin> {
    const request = { hostName: 'easyrest-conformance', hostVersion: '0.1.0' }
    try {
      return { ...(await this.call(pluginService.GetInfo, request)), isAnswered: true }
    } catch (error) {
      if (!isUnsupported(error)) throw error
      return { ...(await this.minimalInfo()), isAnswered: false }
    }
  }

  private async minimalInfo(): Promise<PluginInfo> {
    const db = await this.serves(dbService.TableGet)
    const cache = await this.serves(cacheService.Get)
    const roles = [...(db ? (['db'] as const) : []), ...(cache ? (['cache'] as const) : [])]
    return { name: '', version: '', roles, schemes: [], capabilities: [], limits: undefined, sdk: '' }
  }

  // Whatever it answers before InitConnection, it answers.
  private async serves<Request, Response>(rpc: Rpc<Request, Response>): Promise<boolean> {
    try {
      await this.call(rpc, rpc.requestDeserialize(Buffer.alloc(0)))
      return true
    } catch (error) {
      if (error instanceof CallError && error.kind !== 'protocol') throw error
      return !isUnsupported(error)
    }
  }

  async kill(): Promise<void> {
    await this.process.kill()
  }
}

const isUnsupported = (error: unknown): boolean => error instanceof PluginError && error.reason === 'unsupported'
