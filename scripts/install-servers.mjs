/** Once for a run, after the build: the database servers that the tests need. A failure ends this process. */
export const installServers = async () => {
  // Compiled, so it is not there before the build.
  const support = await import('../test/dist/support/servers/install-servers.js')
  try {
    support.installServers()
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
