import { once } from 'node:events'
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js'
import type { ServedCall } from './call.js'
import type { StreamOperation } from './db-service.js'
import type { Dispatch } from './dispatch.js'
import { errorStatus } from './error-status.js'
import { servedCall } from './unary-door.js'

/** TableGetStream as a gRPC handler for a raw service: asks the plugin for a chunk only when the last one has left. */
export const tableGetStreamHandler =
  (stream: StreamOperation, dispatch: Dispatch): handleServerStreamingCall<Buffer, Buffer> =>
  (reader) => {
    const call = servedCall(reader)
    dispatch
      .track('TableGetStream', call, () => writeChunks(stream(reader.request, call), reader, call))
      .then(
        () => reader.end(),
        (error) => reader.emit('error', errorStatus(error)),
      )
  }

const writeChunks = async (chunks: AsyncIterable<Buffer>, reader: Reader, call: ServedCall): Promise<void> => {
  // Nobody drains a call that has ended: wake the writer, so that it can leave.
  call.onEnd(() => reader.emit('drain'))
  for await (const chunk of chunks) {
    // Leaving the loop ends the author's generator, which closes its cursor.
    if (call.ended !== undefined) return
    if (!reader.write(chunk)) await once(reader, 'drain')
  }
}

type Reader = ServerWritableStream<Buffer, Buffer>
