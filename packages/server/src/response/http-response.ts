/** An answer before it is written to the wire. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /**
   * Bytes, or pieces that are still to come; undefined: no body. Pieces hold a call of the plugin open: whoever has them
   * reads them to the end or calls `return` on their iterator.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
}
