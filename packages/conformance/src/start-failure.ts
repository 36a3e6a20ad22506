import { PluginError } from '@easyrest/protocol'
import { show } from './expect.js'

/** A plugin process that could not be brought as far as a check needs it: no handshake, or a refused InitConnection. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
  readonly rule: string
  readonly expected: string
  readonly received: string

  constructor(step: keyof typeof rules, cause: unknown) {
    const received = `${show(cause)}${logOf(cause)}`
    super(`${step}: ${received}`, { cause })
    this.rule = rules[step]
    this.expected = `a plugin that starts (${step})`
    this.received = received
  }
}

const rules = {
  'the handshake': 'plugin.proto, the line on standard output',
  GetInfo: 'plugin.proto, Plugin.GetInfo',
  InitConnection: 'db.proto, DBPlugin.InitConnection',
} as const

const logOf = (cause: unknown): string =>
  cause instanceof PluginError && cause.details.log !== undefined ? ` (${cause.details.log})` : ''
