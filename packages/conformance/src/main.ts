import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkPlugin } from './check-plugin.js'
import { resultText, summaryText } from './report.js'
import { parseSeed, SeedError } from './seed.js'

const usage = `usage: easyrest-conformance PROGRAM --uri URI [--seed FILE] [--only GROUP[.CHECK]]... [--env NAME=VALUE]...

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
      },
    })
    const [program, ...more] = positionals
    if (program === undefined || more.length > 0) return 'expected one PROGRAM'
    if (values.uri === undefined) return 'expected --uri'
    const seed = values.seed === undefined ? undefined : parseSeed(readFileSync(values.seed, 'utf8'))
    const env = Object.fromEntries((values.env ?? []).map(readVariable))
    return { program, uri: values.uri, seed, only: values.only, env }
  } catch (error) {
    if (error instanceof SeedError || error instanceof TypeError || (error as { code?: string }).code === 'ENOENT')
      return (error as Error).message
    throw error
  }
}

const readVariable = (text: string): [string, string] => {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}

process.exit(await main())
