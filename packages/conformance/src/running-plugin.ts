import { type PluginProcess, unlessExited } from '@easyrest/host'
import { type PluginInfo, pluginService, type Rpc } from '@easyrest/protocol'

/** One process of the program. */
export class RunningPlugin {
  hasEnded = false
  private described: Promise<PluginInfo> | undefined

  constructor(readonly process: PluginProcess) {
    void process.exited.then(() => {
      this.hasEnded = true
    })
  }

  /** One unary call. Rejects with PluginError or CallError. */
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, timeoutMs = 10_000): Promise<Response> {
    return unlessExited(this.process, this.process.control.call(rpc, 'unspecified', request, { timeoutMs }))
  }

  /** What GetInfo answers; asked once. */
  info(): Promise<PluginInfo> {
    this.described ??= this.call(pluginService.GetInfo, { hostName: 'easyrest-conformance', hostVersion: '0.1.0' })
    return this.described
  }

  async kill(): Promise<void> {
    await this.process.kill()
  }
}
