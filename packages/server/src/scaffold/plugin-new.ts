import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { exitCodes } from '../cli/exit-codes.js'
import { type Kind, kinds, type Language, languages, type Tool } from './languages.js'
import { type Project, writeProject } from './write-project.js'

/**
 * `easyrest-server plugin new`: writes a small plugin that builds, runs and passes `plugin check`.
 * @returns the exit status: 0 written, 1 it could not be, 2 the command was wrong; then nothing was written
 */
export const pluginNew = async (args: readonly string[]): Promise<number> => {
  const project = readProject(args)
  if (project === 'help') return say('stdout', usage, exitCodes.ok)
  if (typeof project === 'string') return say('stderr', `${project}\n${usage}`, exitCodes.usage)
  const language = languages[project.lang]!
  const obstacle = findObstacle(project, language)
  if (obstacle !== undefined) return say('stderr', `${obstacle}\n`, exitCodes.failure)
  try {
    await writeProject(project, language)
  } catch (error) {
    return say('stderr', `${project.directory} was not written: ${(error as Error).message}\n`, exitCodes.failure)
  }
  return say('stdout', nextSteps(project, language), exitCodes.ok)
}

const usage = `usage: easyrest-server plugin new NAME --lang ${Object.keys(languages).join('|')} --kind ${kinds.join('|')} [--directory DIR]

Writes a small plugin for URIs NAME://... into DIR (./easyrest-plugin-NAME), with a README and tests.
db: tables; cache: what enable_cache uses.
`

/** A text says what is wrong with the command; 'help': only how. */
const readProject = (args: readonly string[]): Project | string => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: known })
    if (values.help) return 'help'
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0) return 'expected one NAME'
    return checkProject(name, values.lang, values.kind, values.directory ?? `easyrest-plugin-${name}`)
  } catch (error) {
    if ('code' in (error as object)) return (error as Error).message
    throw error
  }
}

const known = {
  help: { type: 'boolean', short: 'h' },
  lang: { type: 'string' },
  kind: { type: 'string' },
  directory: { type: 'string' },
} as const

const checkProject = (name: string, lang: string | undefined, kind: string | undefined, directory: string) => {
  // What a scheme of a URI may be, a program's name and an identifier of every language.
  if (!/^[a-z][a-z0-9]{0,30}$/.test(name))
    return `expected a NAME of small letters and digits, e.g. mydb, got "${name}"`
  if (lang === undefined || !Object.hasOwn(languages, lang)) {
    return `expected --lang with one of ${Object.keys(languages).join(', ')}, got ${lang ?? 'none'}; docs/protocol.md tells how to do without an SDK`
  }
  if (!isKind(kind)) return `expected --kind with one of ${kinds.join(', ')}, got ${kind ?? 'none'}`
  return { name, lang, kind, directory }
}

const isKind = (kind: string | undefined): kind is Kind => kinds.some((known) => known === kind)

/** Why the project must not be written, and what to do. */
const findObstacle = ({ directory }: Project, { toolchain }: Language): string | undefined => {
  if (existsSync(directory)) return `${directory} exists already: name another place with --directory, or remove it`
  const missing = toolchain.find((tool) => !runs(tool))
  return (
    missing && `${missing.program} does not run, and the plugin would need it (${missing.install}); nothing was written`
  )
}

const runs = ({ program, args }: Tool): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

const nextSteps = ({ name, kind, directory }: Project, { steps, program }: Language): string => {
  const seed = kind === 'db' ? ' --seed seed.json' : ''
  const check = `easyrest-server plugin check ${program} --uri ${name}://${seed}`
  return [
    `${directory} is written. Next:`,
    `  cd ${directory}`,
    ...[...steps, check].map((step) => `  ${step}`),
    '',
  ].join('\n')
}

const say = (stream: 'stdout' | 'stderr', text: string, exitCode: number): number => {
  process[stream].write(text)
  return exitCode
}
