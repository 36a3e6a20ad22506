import { once } from 'node:events'
import { dbService, type TableGetChunk, type TableGetRequest } from '@easyrest/protocol'
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js'
import type { ServedCall } from './call.js'
import type { DbService } from './db-service.js'
import type { Dispatch } from './dispatch.js'
import { errorStatus } from './error-status.js'
import { servedCall } from './unary-door.js'

/** TableGetStream as a gRPC handler for a raw service: asks the plugin for a chunk only when the last one has left. */
export const tableGetStreamHandler =
  (stream: NonNullable<DbService['tableGetStream']>, dispatch: Dispatch): handleServerStreamingCall<Buffer, Buffer> =>
  (reader) => {
    const call = servedCall(reader)
    const work = async (): Promise<void> => {
      const request: TableGetRequest = dbService.TableGetStream.requestDeserialize(reader.request)
      await writeChunks(stream(request, call), reader, call)
    }
    dispatch.track('TableGetStream', call, work).then(
      () => reader.end(),
      (error) => reader.emit('error', errorStatus(error)),
    )
  }

const writeChunks = async (chunks: AsyncIterable<TableGetChunk>, reader: Reader, call: ServedCall): Promise<void> => {
  // Nobody drains a call that has ended: wake the writer, so that it can leave.
  call.onEnd(() => reader.emit('drain'))
  for await (const chunk of chunks) {
    // Leaving the loop ends the author's generator, which closes its cursor.
    if (call.ended !== undefined) return
    if (!reader.write(dbService.TableGetStream.responseSerialize(chunk))) await once(reader, 'drain')
  }
}

type Reader = ServerWritableStream<Buffer, Buffer>
