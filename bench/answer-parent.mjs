/**
 * The other side of Helper: answers each message of the parent with what `answer` makes of it, and ends with the parent.
 * @param close runs before the end
 */
export const answerParent = (answer, close = async () => {}) => {
  process.on('message', async (message) => {
    try {
      process.send({ answer: await answer(message) })
    } catch (error) {
      process.send({ error: error.stack ?? String(error) })
    }
  })
  // Ctrl-C reaches the whole group; the parent says when it is over.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => close().finally(() => process.exit(0)))
}
