/** No usable program for a connection. The message says what was looked for, where, and what to do. */
export class PluginNotFound extends Error {
  override readonly name = 'PluginNotFound'

  constructor(
    readonly connection: string,
    problem: string,
  ) {
    super(`connection ${connection}: ${problem}`)
  }
}
