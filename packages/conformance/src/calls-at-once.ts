import type { RunningPlugin } from './running-plugin.js'

/** How many calls a check may have under way: 50, unless the plugin takes fewer. */
export const callsAtOnce = async (plugin: RunningPlugin): Promise<number> => {
  const { limits } = await plugin.info()
  return Math.min(50, limits?.maxInFlight || 50)
}
