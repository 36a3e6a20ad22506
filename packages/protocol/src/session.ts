import type { ErrorMessage } from './plugin-error.js'

/** The frames of Plugin.Session, as proto/easyrest/plugin/v1/plugin.proto defines them. */
export interface SessionRequest {
  readonly calls: readonly SessionCall[]
  readonly cancel: readonly number[]
}

export interface SessionCall {
  readonly id: number
  readonly method: Method
  /** The bytes of the request message. */
  readonly message: Uint8Array
  readonly timeoutMs: number
}

export interface SessionReply {
  readonly replies: readonly CallReply[]
}

export interface CallReply {
  readonly id: number
  /** The bytes of the response message; empty when there is an error. */
  readonly message: Uint8Array
  readonly error: ErrorMessage | undefined
}

/** Numbers of plugin.proto. */
export const methods = {
  unspecified: 0,
  TableGet: 1,
  TableCreate: 2,
  TableUpdate: 3,
  TableDelete: 4,
  CallFunction: 5,
  GetSchema: 6,
  Query: 7,
  EnsureTable: 8,
  TableBatch: 9,
  CacheGet: 20,
  CacheSet: 21,
  CacheDelete: 22,
} as const

export type Method = keyof typeof methods
