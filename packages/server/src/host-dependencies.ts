import { fileURLToPath } from 'node:url'
import type { ConnectionDependencies, Observer, PluginPlaces } from '@easyrest/host'
import { version } from './version.js'

/** What the host needs to find and start plugins. */
export const hostDependencies = (log: Observer): ConnectionDependencies & PluginPlaces => ({
  besideDirs: ['../bin', '../../.bin', '../../../node_modules/.bin'].map(relativeToPackage),
  pathVariable: process.env.PATH ?? '',
  hostVersion: version(),
  log,
})

// Beside the program, and where npm links the programs of packages that are installed with this one.
const relativeToPackage = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
