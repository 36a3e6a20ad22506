import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type CheckOptions, checkPlugin } from './check-plugin.js'
import { checks } from './checks/index.js'
import { jsonReport } from './json-report.js'
import { junitReport } from './junit-report.js'
import { type Report, resultText, summaryText } from './report.js'
import { parseSeed, SeedError } from './seed.js'

/**
 * The suite as a command. It writes the report to standard output, and what is wrong with the command to standard error.
 * @param name what the user typed to come here, for the usage text
 * @returns the exit status: 0 nothing failed, 1 something did, 2 the command was wrong
 */
export const conformanceCommand = async (name: string, args: readonly string[]): Promise<number> => {
  // Whoever reads the report may stop: then it is not wanted any more.
  process.stdout.on('error', () => process.exit(1))
  const options = readOptions(args)
  if (options === 'help') {
    process.stdout.write(usage(name))
    return 0
  }
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${usage(name)}`)
    return 2
  }
  const onResult = (result: Parameters<typeof resultText>[0]) => void process.stdout.write(`${resultText(result)}\n`)
  const report = await checkPlugin({ ...options.check, onResult })
  process.stdout.write(`\n${summaryText(report)}\n`)
  writeFiles(report, options)
  return report.failed === 0 ? 0 : 1
}

const usage = (name: string): string => `usage: ${name} PROGRAM --uri URI [--seed FILE] [--only GROUP[.CHECK]]...
         [--env NAME=VALUE]... [--start-timeout MS] [--junit FILE] [--json FILE]

Starts the plugin program as the server would and checks it against the contract in proto/easyrest/plugin/v1.
The seed says which table it may use; docs/conformance.md describes it.
Exit status: 0 nothing failed, 1 something did, 2 the command was wrong.
`

interface Options {
  readonly check: CheckOptions
  readonly junit: string | undefined
  readonly json: string | undefined
}

/** What to check; 'help': only how; another text says what is wrong with the command. */
const readOptions = (args: readonly string[]): Options | string => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: known })
    const [program, ...more] = positionals
    if (values.help) return 'help'
    if (program === undefined || more.length > 0) return 'expected one PROGRAM'
    if (values.uri === undefined) return 'expected --uri'
    const { uri, junit, json } = values
    const seed = values.seed === undefined ? undefined : parseSeed(readFileSync(values.seed, 'utf8'))
    const env = Object.fromEntries((values.env ?? []).map(readVariable))
    const startTimeoutMs = readMilliseconds(values['start-timeout'])
    return { check: { program, uri, seed, only: values.only?.map(readOnly), env, startTimeoutMs }, junit, json }
  } catch (error) {
    // A file that cannot be read, or an option that nobody knows, has a code.
    if (error instanceof SeedError || error instanceof UsageError || 'code' in (error as object)) {
      return (error as Error).message
    }
    throw error
  }
}

const known = {
  help: { type: 'boolean', short: 'h' },
  uri: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string', multiple: true },
  env: { type: 'string', multiple: true },
  'start-timeout': { type: 'string', default: '10000' },
  junit: { type: 'string' },
  json: { type: 'string' },
} as const

class UsageError extends Error {}

const readVariable = (text: string): [string, string] => {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`expected --env NAME=VALUE, got ${JSON.stringify(text)}`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

const readOnly = (part: string): string => {
  if (checks.some(({ id }) => id === part || id.startsWith(`${part}.`))) return part
  const groups = new Set(checks.map(({ id }) => id.split('.')[0]))
  throw new UsageError(`expected --only with one of ${[...groups].join(', ')}, or one of their checks, got ${part}`)
}

const readMilliseconds = (text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UsageError(`expected --start-timeout in milliseconds, e.g. 10000, got ${JSON.stringify(text)}`)
}

const writeFiles = (report: Report, { junit, json }: Options): void => {
  if (junit !== undefined) writeFileSync(junit, junitReport(report))
  if (json !== undefined) writeFileSync(json, jsonReport(report))
}
