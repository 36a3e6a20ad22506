import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkPlugin } from './check-plugin.js'
import { checks } from './checks/index.js'
import { resultText, summaryText } from './report.js'
import { parseSeed, SeedError } from './seed.js'

const usage = `usage: easyrest-conformance PROGRAM --uri URI [--seed FILE] [--only GROUP[.CHECK]]... [--env NAME=VALUE]...
                           [--start-timeout MS]

Starts the plugin program as the server would and checks it against the contract in proto/easyrest/plugin/v1.
The seed says which table it may use; docs/conformance.md describes it.
Exit status: 0 nothing failed, 1 something did, 2 the command was wrong.
`

const main = async (): Promise<number> => {
  const options = readOptions()
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${usage}`)
    return 2
  }
  const onResult = (result: Parameters<typeof resultText>[0]) => void process.stdout.write(`${resultText(result)}\n`)
  const report = await checkPlugin({ ...options, onResult })
  process.stdout.write(`\n${summaryText(report)}\n`)
  return report.failed === 0 ? 0 : 1
}

/** What to check; a text says what is wrong with the command. */
const readOptions = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        uri: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string', multiple: true },
        env: { type: 'string', multiple: true },
        'start-timeout': { type: 'string', default: '10000' },
      },
    })
    const [program, ...more] = positionals
    if (program === undefined || more.length > 0) return 'expected one PROGRAM'
    if (values.uri === undefined) return 'expected --uri'
    const seed = values.seed === undefined ? undefined : parseSeed(readFileSync(values.seed, 'utf8'))
    const env = Object.fromEntries((values.env ?? []).map(readVariable))
    const startTimeoutMs = readMilliseconds(values['start-timeout'])
    return { program, uri: values.uri, seed, only: values.only?.map(readOnly), env, startTimeoutMs }
  } catch (error) {
    // A file that cannot be read, or an option that nobody knows, has a code.
    if (error instanceof SeedError || error instanceof UsageError || 'code' in (error as object)) {
      return (error as Error).message
    }
    throw error
  }
}

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

// Whoever reads the report may stop: then it is not wanted any more.
process.stdout.on('error', () => process.exit(1))
process.exit(await main())
