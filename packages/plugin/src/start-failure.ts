/** The program cannot start as a plugin; the message is for whoever started it. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}
