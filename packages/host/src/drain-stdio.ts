import { stdioService } from '@easyrest/protocol'
import type { Client } from '@grpc/grpc-js'
import { PluginLog, type PluginLogger } from './plugin-log.js'

/**
 * go-plugin's programs send what they print through StreamStdio, and block when nobody reads it. So it is read from
 * the first moment to the last; a plugin that has no such service is fine.
 */
export const drainStdio = (client: Client, logger: PluginLogger, mask: (text: string) => string): void => {
  const rpc = stdioService.StreamStdio
  const call = client.makeServerStreamRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, {})
  const stdout = new PluginLog((level, message, fields) => logger(level, message, { ...fields, stdio: 'stdout' }), mask)
  const stderr = new PluginLog(logger, mask)
  call.on('data', ({ channel, data }: { channel: string; data: Buffer }) => {
    if (channel === 'STDOUT') stdout.write(data)
    else if (channel === 'STDERR') stderr.write(data)
  })
  call.on('error', () => {})
  call.on('close', () => {
    stdout.end()
    stderr.end()
  })
}
