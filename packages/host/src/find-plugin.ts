import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { connectionScheme, pluginFileNames, redactUri } from '@easyrest/protocol'
import type { ConnectionSettings } from './connection.js'
import { PluginNotFound } from './plugin-not-found.js'
import { whyUntrusted } from './trusted-directory.js'

export interface PluginPlaces {
  /** The directories "beside the server": of its program, and where npm links the programs of its workspaces. */
  readonly besideDirs: readonly string[]
  /** The value of PATH. Entries that are not absolute are passed over: the working directory is no place for programs. */
  readonly pathVariable: string
}

type PluginChoice = Pick<ConnectionSettings, 'name' | 'uri' | 'path' | 'pluginDirs'>

/** The program for a connection: its own path, or the first match in pluginDirs, beside the server, or in PATH. */
export const findPlugin = (choice: PluginChoice, places: PluginPlaces): Promise<string> =>
  choice.path === undefined ? findByScheme(choice, places) : checkPath(choice.name, resolve(choice.path))

const checkPath = async (connection: string, path: string): Promise<string> => {
  const problem = await whyUnusable(path)
  if (problem === undefined) return path
  const step = problem === notExecutable ? `run chmod +x ${path}` : `correct plugins.${connection}.path`
  throw new PluginNotFound(connection, `expected path to be a plugin program, but ${path} ${problem}; ${step}`)
}

const findByScheme = async (choice: PluginChoice, places: PluginPlaces): Promise<string> => {
  const scheme = connectionScheme(choice.uri)
  if (scheme === undefined) {
    const got = redactUri(choice.uri)
    throw new PluginNotFound(choice.name, `expected uri to look like <scheme>://..., got ${JSON.stringify(got)}`)
  }
  const directories = searchedDirectories(choice, places)
  const unusable: string[] = []
  for (const name of schemeNames(scheme)) {
    const program = await findIn(directories, pluginFileNames(name), unusable)
    if (program === undefined) continue
    if (!places.besideDirs.includes(dirname(program))) await refuseUntrusted(choice.name, program)
    return program
  }
  throw new PluginNotFound(choice.name, notFoundText(choice.name, scheme, directories, unusable))
}

// The server's own place is not judged: who may write there replaces the server itself.
const refuseUntrusted = async (connection: string, program: string): Promise<void> => {
  const problem = await whyUntrusted(dirname(program))
  if (problem === undefined) return
  throw new PluginNotFound(
    connection,
    `expected a directory that nobody else may write, but ${program} lies in ${dirname(program)}, where ${problem}; ` +
      `or name the program in plugins.${connection}.path`,
  )
}

const searchedDirectories = ({ pluginDirs }: PluginChoice, { besideDirs, pathVariable }: PluginPlaces): string[] => [
  ...new Set([
    ...pluginDirs.map((dir) => resolve(dir)),
    ...besideDirs,
    ...pathVariable.split(delimiter).filter(isAbsolute),
  ]),
]

const findIn = async (
  directories: readonly string[],
  fileNames: readonly string[],
  unusable: string[],
): Promise<string | undefined> => {
  for (const directory of directories) {
    for (const fileName of fileNames) {
      const program = join(directory, fileName)
      const problem = await whyUnusable(program)
      if (problem === undefined) return program
      if (problem !== missing) unusable.push(`${program} ${problem}`)
    }
  }
  return undefined
}

const whyUnusable = async (path: string): Promise<string | undefined> => {
  try {
    const found = await stat(path)
    if (!found.isFile()) return found.isDirectory() ? 'is a directory' : 'is not a file'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' || code === 'ENOTDIR' ? missing : `cannot be read (${code})`
  }
  return access(path, constants.X_OK).then(
    () => undefined,
    () => notExecutable,
  )
}

const notFoundText = (
  connection: string,
  scheme: string,
  directories: readonly string[],
  unusable: readonly string[],
): string => {
  const names = schemeNames(scheme).flatMap((name) => pluginFileNames(name))
  const passedOver = unusable.length === 0 ? '' : `; passed over: ${unusable.join(', ')}`
  return (
    `no plugin program for scheme ${scheme}: expected one of ${names.join(', ')} in one of ` +
    `${directories.join(', ')}${passedOver}; install the plugin there, or name it in plugins.${connection}.path`
  )
}

const schemeNames = (scheme: string): string[] => {
  const alias = schemeAliases.get(scheme)
  return alias === undefined ? [scheme] : [scheme, alias]
}

/** Schemes that another scheme's plugin usually serves. A program for the scheme's own name comes first. */
export const schemeAliases: ReadonlyMap<string, string> = new Map([
  ['postgresql', 'postgres'],
  ['mariadb', 'mysql'],
  ['rediss', 'redis'],
  ['valkey', 'redis'],
  ['valkeys', 'redis'],
])

const missing = 'does not exist'
const notExecutable = 'is not executable by this user'
