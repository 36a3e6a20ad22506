import { createHash } from 'node:crypto'
import { PluginError } from '@easyrest/protocol'

/**
 * Throws `precondition` unless one of the entity tags of a write matches the rows it is about to change. `rows` are the
 * bytes that TableGet answers for its `where` and `if_match_select`, read inside the write's transaction.
 */
export const checkIfMatch = (tags: readonly string[], rows: Uint8Array, rowCount: number): void => {
  if (tags.includes('*') && rowCount !== 0) return
  const tag = createHash('sha256').update(rows).digest('base64url').slice(0, 22)
  if (tags.includes(tag)) return
  throw new PluginError('precondition', 'the rows have changed since they were read; read them again')
}
