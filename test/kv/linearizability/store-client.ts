/** One client of a store, in the words of histories. */
export interface StoreClient {
  /** What is there, and what a write on it must name. */
  get(key: string): Promise<Outcome<Found | undefined>>
  put(key: string, value: string): Promise<Outcome<boolean>>
  create(key: string, value: string): Promise<Outcome<boolean>>
  cas(key: string, revision: string, value: string): Promise<Outcome<boolean>>
  delete(key: string): Promise<Outcome<boolean>>
}

export interface Found {
  readonly value: string
  readonly revision: string
}

/** `unknown`: it may have happened; `refused`: it did not. */
export type Outcome<T> = { readonly answer: T } | 'unknown' | 'refused'
