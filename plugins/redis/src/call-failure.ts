import { PluginError } from '@easyrest/plugin'
import { ReplyError } from 'ioredis'

/** Why a command failed. What Redis or the driver said is for the log. */
export const callFailure = (thrown: unknown): PluginError => {
  const { message } = thrown as Error
  const details = { log: message }
  if (!(thrown instanceof ReplyError)) {
    return new PluginError('unavailable', 'Redis cannot be reached, or does not answer', { details })
  }
  const word = /^[A-Z]+/.exec(message)?.[0] ?? ''
  if (word === 'NOPERM') return new PluginError('permission', 'the user of Redis lacks a right for this', { details })
  return new PluginError('unavailable', meanings.get(word) ?? 'Redis refuses the command; the log says why', {
    details,
  })
}

const meanings: ReadonlyMap<string, string> = new Map([
  ['OOM', 'Redis is full; set its maxmemory-policy to allkeys-lru, or give it more memory'],
  ['READONLY', 'Redis has become a replica, which cannot be written'],
  ['LOADING', 'Redis is still reading its data'],
  ['MISCONF', 'Redis refuses writes because it cannot save to its disk'],
  ['CLUSTERDOWN', 'the cluster of Redis is down'],
])
