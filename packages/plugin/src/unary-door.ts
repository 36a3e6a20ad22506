import type { handleUnaryCall, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import { ServedCall } from './call.js'
import type { Dispatch, Operation, Operations } from './dispatch.js'
import { errorStatus } from './error-status.js'

/** The operations as unary gRPC handlers, for a service whose messages are left as bytes (see `rawService`). */
export const unaryHandlers = (operations: Operations, dispatch: Dispatch): UntypedServiceImplementation =>
  Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, unaryHandler(operation, dispatch)]))

/** A service that hands messages over as bytes: decoding them is the operation's business, whatever the door. */
export const rawService = (service: ServiceDefinition): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(service).map(([name, rpc]) => [name, { ...rpc, requestDeserialize: same, responseSerialize: same }]),
  )

/** The call behind a gRPC call, cancelled with it. */
export const servedCall = (call: DoorCall): ServedCall => {
  const served = new ServedCall(Number(call.getDeadline()) - Date.now())
  call.on('cancelled', () => served.cancel())
  return served
}

interface DoorCall {
  getDeadline(): Date | number
  on(event: 'cancelled', listener: () => void): unknown
}

const unaryHandler =
  (operation: Operation, dispatch: Dispatch): handleUnaryCall<Buffer, Buffer> =>
  (call, callback) => {
    dispatch.run(operation, call.request, servedCall(call)).then(
      (response) => callback(null, response),
      (error) => callback(errorStatus(error)),
    )
  }

const same = (bytes: Buffer): Buffer => bytes
