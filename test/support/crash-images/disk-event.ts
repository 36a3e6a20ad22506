/** What a process asked of the files of one directory, in the order in which it happened. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'write'; readonly name: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly name: string; readonly size: number }
  /** fsync has returned; it covers what came before the event `covers`. Without a name: of the directory. */
  | { readonly kind: 'sync'; readonly name: string | undefined; readonly covers: number }
  /** The process has told its client that the batch is written. */
  | { readonly kind: 'acknowledge'; readonly batch: number }
