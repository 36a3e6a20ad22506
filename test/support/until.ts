import { setTimeout as sleep } from 'node:timers/promises'

export interface UntilOptions {
  /** What is waited for, for the message: "the server to answer". */
  readonly what: string
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/** Asks again and again until the probe answers something other than undefined and false. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs = 10_000, intervalMs = 50 }: UntilOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  while (true) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await sleep(intervalMs)
  }
}
