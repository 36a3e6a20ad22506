import type { Needs } from './check.js'
import type { Seed } from './seed.js'
import type { Subject } from './subject.js'

/** Why a check does not apply to this plugin and seed, for the report; undefined: it does. */
export const whyInapplicable = async (needs: Needs, subject: Subject): Promise<string | undefined> =>
  whySeedIsShort(needs, subject.seed) ?? (await whyPluginCannot(needs, subject))

const whyPluginCannot = async ({ role, capabilities = [] }: Needs, subject: Subject): Promise<string | undefined> => {
  if (role === undefined && capabilities.length === 0) return undefined
  const info = await (await subject.plugin()).info()
  if (role !== undefined && !info.roles.includes(role)) return `the plugin does not serve the role ${role}`
  const missing = capabilities.find((capability) => !info.capabilities.includes(capability))
  return missing === undefined ? undefined : `the plugin does not name the capability ${missing}`
}

const whySeedIsShort = (needs: Needs, seed: Seed | undefined): string | undefined => {
  const { role, columns = [], seed: members = [], writes = false, types = false } = needs
  if (seed === undefined) {
    return role === 'db' || members.length > 0 ? 'no seed was given (docs/conformance.md)' : undefined
  }
  if (writes && seed.readOnly) return 'the seed says that the database is read-only'
  if (types && seed.untyped) return 'the seed says that the database has no column types'
  const column = columns.find((use) => seed.columns[use] === undefined)
  if (column !== undefined) return `the seed has no column for ${column}`
  const member = members.find((name) => seed[name] === undefined)
  return member === undefined ? undefined : `the seed has no ${member}`
}
