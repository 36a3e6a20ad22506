/** What one client did to one key, as it saw it. Every value is written by one operation at most, so it names the write. */
export interface Operation {
  readonly key: string
  readonly kind: 'get' | 'put' | 'create' | 'cas' | 'delete'
  /** When it was sent and when its answer was there; Infinity: nobody knows whether it happened. */
  readonly invoked: number
  readonly completed: number
  /** What it writes. */
  readonly value?: string | undefined
  /** Of a cas: the value that was seen. */
  readonly seen?: string | undefined
  /** A get: what it found, undefined where there was none. The others: whether they had an effect. */
  readonly found?: string | undefined
  readonly done?: boolean | undefined
}
