import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { canInstallPackages, installDebianPackages } from '../install-debian-packages.js'
import { givenServer, missingPrograms, type ServerKind, serverKinds } from './server-kinds.js'
import { missingText } from './why-no-server.js'

/**
 * Before the tests run: installs the database servers that are missing, all at once and never from two test files. Where it
 * may not, it says what will be skipped. Throws with CI=true when something is missing then.
 */
export function installServers(): void {
  if (lacking().length > 0 && canInstallPackages()) install(lacking())
  const lines = lacking().map((kind) => `skipping the tests of ${missingText(kind)}`)
  if (lines.length === 0) return
  if (process.env.CI === 'true') throw new Error(`CI=true, and nothing may be skipped:\n${lines.join('\n')}`)
  for (const line of lines) console.log(line)
}

const lacking = (): ServerKind[] =>
  (Object.keys(serverKinds) as ServerKind[]).filter(
    (kind) => givenServer(kind) === undefined && missingPrograms(kind).length > 0,
  )

function install(kinds: readonly ServerKind[]): void {
  const packages = new Set(kinds.flatMap((kind) => missingPrograms(kind).map(({ debianPackage }) => debianPackage)))
  console.log(`installing ${[...packages].join(', ')} for the tests`)
  makeNoCluster()
  installDebianPackages([...packages])
}

/** Without it the package of PostgreSQL makes a cluster of the machine's own, which would run after the next boot. */
function makeNoCluster(): void {
  if (existsSync(clusterDefaults)) return
  mkdirSync(dirname(clusterDefaults), { recursive: true })
  writeFileSync(clusterDefaults, 'create_main_cluster = false\n')
}

const clusterDefaults = '/etc/postgresql-common/createcluster.conf'
