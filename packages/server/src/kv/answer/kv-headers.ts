/** Headers of answers that only the key/value API has, for pages that may see them. */
export const kvHeaders: readonly string[] = [
  'X-KV-Created',
  'X-KV-Deleted',
  'X-KV-Expires',
  'X-KV-Meta',
  'X-KV-Truncated',
]
