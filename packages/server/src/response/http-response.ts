/** An answer before it is written to the wire. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** undefined: no body. */
  readonly body: Uint8Array | undefined
}
