/** The part of AbortSignal that a call needs. A whole AbortSignal for each request costs as much as the rest of a call. */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
