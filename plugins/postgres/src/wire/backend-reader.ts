/** Told of each message of the server: its code, and where its body lies. The bytes are valid during the call only. */
export type OnMessage = (code: number, bytes: Buffer, start: number, end: number) => void

/** Cuts what arrives from the server into messages. */
export class BackendReader {
  private pieces: Buffer[] = []
  private held = 0
  /** Bytes that the message at the front needs before it can be looked at. */
  private needed = headerLength

  constructor(private readonly onMessage: OnMessage) {}

  receive(chunk: Buffer): void {
    this.pieces.push(chunk)
    this.held += chunk.length
    // A message of many pieces is put together once.
    if (this.held < this.needed) return
    const bytes = this.pieces.length === 1 ? chunk : Buffer.concat(this.pieces, this.held)
    const rest = bytes.subarray(this.readMessages(bytes))
    this.pieces = rest.length === 0 ? [] : [rest]
    this.held = rest.length
  }

  /** How many bytes were read. */
  private readMessages(bytes: Buffer): number {
    let offset = 0
    for (;;) {
      this.needed = headerLength
      if (offset + headerLength > bytes.length) return offset
      const end = offset + 1 + bytes.readInt32BE(offset + 1)
      this.needed = end - offset
      if (end > bytes.length) return offset
      this.onMessage(bytes[offset]!, bytes, offset + headerLength, end)
      offset = end
    }
  }
}

/** A code of one byte, and a length that counts itself. */
const headerLength = 5

/** Codes of the messages that this plugin has a use for. */
export const backendCodes = {
  parseComplete: 0x31,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  rowDescription: 0x54,
  readyForQuery: 0x5a,
  copyIn: 0x47,
} as const
