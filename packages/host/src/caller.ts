import type { Method, Rpc } from '@easyrest/protocol'
import type { CancelSignal } from './cancel-signal.js'

/**
 * Carries calls to a plugin. What carries them (unary RPCs, a session), what limits them and what repeats them are
 * Callers around each other. A call ends with PluginError (the plugin's answer) or CallError (what happened on the way).
 */
export interface Caller {
  readonly inFlight: number
  /** `method` names the call where `rpc` is not what carries it; 'unspecified' is outside every session. */
  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response>
  /** Refuses further calls and ends those in flight as crashed. */
  close(): void
}

/** Every call has a deadline. */
export interface CallLimits {
  readonly timeoutMs: number
  readonly signal?: CancelSignal | undefined
}

/** `timeoutMs` bounds each wait for a part of the answer, `totalMs` their sum. */
export interface StreamLimits extends CallLimits {
  readonly totalMs?: number | undefined
}
