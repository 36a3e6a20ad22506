import { brokerService, controllerService, healthService, type servingStatuses, stdioService } from '@easyrest/protocol'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js'
import type { StdioReader, StdioRelay } from './stdio-relay.js'

/** The services every go-plugin host expects: health, controller, stdio, broker. */
export class GoPluginServices {
  private serving: ServingStatus = 'SERVING'
  private readonly openStreams = new Set<{ end(): unknown }>()

  /** @param shutdown called when the host asks the program to stop */
  constructor(
    private readonly relay: StdioRelay,
    private readonly shutdown: () => void,
  ) {}

  addTo(server: Server): void {
    server.addService(healthService, { Check: this.check, Watch: this.watch })
    server.addService(controllerService, { Shutdown: this.acceptShutdown })
    server.addService(stdioService, { StreamStdio: this.streamStdio })
    server.addService(brokerService, { StartStream: this.startStream })
  }

  /** These streams live as long as their connection: a server that waits for them never stops. */
  stop(): void {
    this.serving = 'NOT_SERVING'
    for (const stream of this.openStreams) stream.end()
  }

  private readonly check: handleUnaryCall<HealthRequest, HealthResponse> = (call, callback) => {
    if (isHealthName(call.request.service)) callback(null, { status: this.serving })
    else
      callback({ code: status.NOT_FOUND, details: `expected the service name "plugin", got "${call.request.service}"` })
  }

  private readonly watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
    this.keep(call)
    call.write({ status: isHealthName(call.request.service) ? this.serving : 'SERVICE_UNKNOWN' })
  }

  private readonly acceptShutdown: handleUnaryCall<object, object> = (_call, callback) => {
    callback(null, {})
    this.shutdown()
  }

  private readonly streamStdio = (call: ServerWritableStream<object, unknown>): void => {
    this.keep(call)
    this.relay.attach(call as StdioReader)
  }

  // The contract has no calls from the plugin to the host, so there is nothing to say on it.
  private readonly startStream = (call: ServerDuplexStream<object, object>): void => {
    this.keep(call)
    call.on('end', () => call.end())
    call.resume()
  }

  private keep(stream: { end(): unknown; on(event: 'cancelled', listener: () => void): unknown }): void {
    this.openStreams.add(stream)
    stream.on('cancelled', () => this.openStreams.delete(stream))
  }
}

type ServingStatus = (typeof servingStatuses)[number]
type HealthRequest = { service: string }
type HealthResponse = { status: ServingStatus }

const isHealthName = (service: string): boolean => service === 'plugin' || service === ''
