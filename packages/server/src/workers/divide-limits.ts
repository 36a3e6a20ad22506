import type { ConnectionLimits } from '@easyrest/host'

/** The part of a connection's limits that one of `count` workers may use. Together they are the whole, or 1 each. */
export const divideLimits = <Limits extends Pick<ConnectionLimits, 'inFlight' | 'queue'>>(
  limits: Limits,
  index: number,
  count: number,
): Limits & Pick<ConnectionLimits, 'sharedBy'> => ({
  ...limits,
  sharedBy: count,
  inFlight: Math.max(1, part(limits.inFlight, index, count)),
  // No queue stays no queue.
  queue: Math.max(Math.min(1, limits.queue), part(limits.queue, index, count)),
})

// The first ones get what is left over.
const part = (whole: number, index: number, count: number): number =>
  Math.floor(whole / count) + (index < whole % count ? 1 : 0)
