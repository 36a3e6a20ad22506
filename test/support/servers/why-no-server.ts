import { givenServer, missingPrograms, type ServerKind, serverKinds } from './server-kinds.js'

/**
 * Why the tests that need this server are skipped, for `{ skip }`; false: it is here. Throws with CI=true, where nothing is
 * skipped that could be had.
 */
export function whyNoServer(kind: ServerKind): string | false {
  const missing = givenServer(kind) === undefined ? missingPrograms(kind) : []
  if (missing.length === 0) return false
  const reason = missingText(kind)
  if (process.env.CI === 'true') throw new Error(`CI=true, and ${reason}`)
  return reason
}

/** Why a server cannot be stopped or killed, for `{ skip }`; false: it is one of our own. */
export function whyNoFaults(kind: ServerKind): string | false {
  if (givenServer(kind) === undefined) return whyNoServer(kind)
  return `the server of ${serverKinds[kind].variable} is not ours to harm`
}

/** One line: what is missing, and how to get it. */
export function missingText(kind: ServerKind): string {
  const { title, variable, programs } = serverKinds[kind]
  const names = missingPrograms(kind).map(({ name }) => name)
  const instead = variable === undefined ? '' : `, or name a server in ${variable}`
  const install = `install the Debian package ${programs[0]?.debianPackage} (npm test does, as root)`
  return `${title} is missing (${names.join(', ')}): ${install}${instead}`
}
