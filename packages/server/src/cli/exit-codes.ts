/** What the program ends with. 2 is what shells use; 69 and 78 are EX_UNAVAILABLE and EX_CONFIG of sysexits.h. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  pluginUnavailable: 69,
  /** A service manager can be told not to restart on it. */
  configuration: 78,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
