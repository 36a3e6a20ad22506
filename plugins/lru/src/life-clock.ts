/**
 * Milliseconds that never go back when somebody sets the machine's clock, and that go on while the machine sleeps, which
 * the monotonic clock leaves out. When the machine's clock is set forward, so is this one.
 */
export const lifeClock = (monotonic = () => performance.now(), wall = () => Date.now()): { now(): number } => {
  const gap = wall() - monotonic()
  let slept = 0
  return {
    now: () => {
      const awake = monotonic()
      slept = Math.max(slept, wall() - awake - gap)
      return awake + slept
    },
  }
}
