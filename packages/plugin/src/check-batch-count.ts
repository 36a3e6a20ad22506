import { type BatchOperation, PluginError } from '@easyrest/protocol'

/** Throws `precondition` when an operation of a batch affected another number of rows than it expects. */
export const checkBatchCount = ({ expectAffected }: BatchOperation, index: number, affected: number): void => {
  if (expectAffected === undefined || affected === expectAffected) return
  throw new PluginError('precondition', `operation ${index} expected ${expectAffected} rows, found ${affected}`, {
    details: { operation: String(index) },
  })
}
