import type { Rpc } from '@easyrest/protocol'
import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import type { CallLimits } from './caller.js'
import { toCallError } from './to-call-error.js'

/**
 * A call with many answers. They are taken from the connection only as fast as the caller asks for them; when the
 * caller stops asking, the plugin is told.
 */
export async function* streamCall<Request, Response>(
  client: Client,
  rpc: Rpc<Request, Response>,
  request: Request,
  { timeoutMs, signal }: CallLimits,
): AsyncGenerator<Response, void> {
  if (signal?.aborted) throw new CallError('cancelled', 'the caller gave up')
  const call = client.makeServerStreamRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, request, {
    deadline: Date.now() + timeoutMs,
  })
  const abort = () => call.cancel()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    yield* chunksOf(call, signal)
  } finally {
    signal?.removeEventListener('abort', abort)
    call.cancel()
  }
}

async function* chunksOf<Response>(
  call: ClientReadableStream<Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Response, void> {
  let answering = false
  call.once('metadata', () => {
    answering = true
  })
  // The iterator does not listen any more once the caller has stopped asking.
  call.on('error', () => {})
  try {
    for await (const chunk of call) yield chunk as Response
  } catch (error) {
    throw toCallError(error as ServiceError, { answering, endedBy: signal?.aborted ? 'signal' : undefined, read: true })
  }
}
