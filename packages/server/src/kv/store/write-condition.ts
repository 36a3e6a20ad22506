/** What must hold of a document for a write to happen; it is decided where the write is. */
export type WriteCondition =
  | { readonly kind: 'none' }
  /** There is none. */
  | { readonly kind: 'absent' }
  /** There is one. */
  | { readonly kind: 'present' }
  /** It has one of these revisions. */
  | { readonly kind: 'revision'; readonly revisions: readonly string[] }

export const unconditional: WriteCondition = { kind: 'none' }
