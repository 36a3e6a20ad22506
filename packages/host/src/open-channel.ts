import { isAbsolute } from 'node:path'
import type { Handshake } from '@easyrest/protocol'
import { type ChannelOptions, Client, credentials } from '@grpc/grpc-js'
import { pairCredentials, type TlsPair } from './peer-certificate.js'

/**
 * Connections to one plugin process. Health, Stdio, Controller and InitConnection have one of their own, so that a data
 * connection that is stuck or busy can be noticed; long answers have one, so that a slow reader of theirs holds up nothing.
 */
export interface PluginChannel {
  readonly control: Client
  readonly data: Client
  readonly streams: Client
  /** Where they lead. */
  readonly handshake: Handshake
  readonly tls: TlsPair | undefined
  close(): void
}

/** Connects lazily: the first call on each, or `connect`, opens it. */
export const openChannel = (
  handshake: Handshake,
  tls: TlsPair | undefined,
  maxMessageBytes = defaultMaxMessageBytes,
): PluginChannel => {
  const target = targetOf(handshake)
  const options = channelOptions(maxMessageBytes)
  const open = (more?: ChannelOptions) =>
    new Client(target, tls === undefined ? credentials.createInsecure() : pairCredentials(tls), { ...options, ...more })
  const [control, data, streams] = [open(), open(dataWindow), open(streamWindow)]
  const close = () => {
    for (const client of [control, data, streams]) client.close()
  }
  return { control, data, streams, handshake, tls, close }
}

/** Resolves when the client's connection stands. */
export const connect = (client: Client, timeoutMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      if (error === undefined) resolve()
      else reject(new Error(`expected a connection within ${timeoutMs} ms: ${error.message}`, { cause: error }))
    })
  })

const targetOf = ({ network, address }: Handshake): string =>
  network === 'unix' && isAbsolute(address) ? `unix:${address}` : `dns:${address.replace(/^localhost:/, '127.0.0.1:')}`

const channelOptions = (maxMessageBytes: number): ChannelOptions => ({
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  // A proxy of the environment must not be asked for 127.0.0.1.
  'grpc.enable_http_proxy': 0,
  // What go-plugin's certificates and unix sockets are named.
  'grpc.ssl_target_name_override': 'localhost',
  'grpc.default_authority': 'localhost',
  // Without it both clients would share one connection.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
  // The process ends, not the connection; and no keepalive, which Go servers answer with GOAWAY.
  'grpc.client_idle_timeout_ms': 2_147_483_647,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
})

// A frame of many answers is larger than the 64 KiB that HTTP/2 lets through before it wants a sign of life; a stream has
// its reader's pace, and what lies in its window lies in the host's memory.
const dataWindow: ChannelOptions = { 'grpc-node.flow_control_window': 4 * 1024 * 1024 }
const streamWindow: ChannelOptions = { 'grpc-node.flow_control_window': 512 * 1024 }

const defaultMaxMessageBytes = 64 * 1024 * 1024
