import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadedConfig } from './load-config.js'

/** Loads the configuration again until none of its files was written a moment ago: it may be in the middle of that. */
export const loadSettled = async (load: () => Promise<LoadedConfig>): Promise<LoadedConfig> => {
  for (let tries = 1; ; tries++) {
    const loaded = await load()
    if (tries === maxTries || (await youngestMs(loaded.files)) >= settledMs) return loaded
    await sleep(settledMs)
  }
}

// A clock that was set back makes a file look as if it was written in the future.
const youngestMs = async (files: readonly string[]): Promise<number> => {
  const written = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.min(...written.map((at) => Math.abs(Date.now() - at)), Number.POSITIVE_INFINITY)
}

const settledMs = 100
const maxTries = 20
