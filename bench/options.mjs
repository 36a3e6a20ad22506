import { parseArgs } from 'node:util'
import { pluginNames } from './databases.mjs'

/** What the command line asks for. Throws Error that says what was expected. */
export const parseOptions = (argv) => {
  const { values, positionals } = parseArgs({ args: argv, options, strict: true, allowPositionals: true })
  const quick = values.quick ?? false
  return {
    help: values.help ?? false,
    quick,
    against: values.against,
    only: [...positionals, ...(values.only ?? '').split(',').filter((name) => name !== '')],
    json: values.json,
    plugin: oneOf('plugin', values.plugin ?? 'sqlite', pluginNames),
    seconds: positive('seconds', values.seconds, quick ? 0.25 : 1),
    rounds: Math.ceil(positive('rounds', values.rounds, quick ? 1 : 7)),
    profile: values.profile,
    exportRows: quick ? 50_000 : 500_000,
  }
}

export const usage = `npm run bench -- [options] [name ...]
  name                  the scenarios whose names begin so, e.g. kv
  --quick               everything once, shortly; fails only when a scenario gives no number
  --only name,...       likewise, e.g. --only hop-session,point
  --seconds n           length of one slice (1)
  --rounds n            rounds; medians and spread are taken over them (7)
  --against revision    builds that git revision too and measures both in the same rounds
  --plugin name         the database of the whole chain: sqlite, or postgres and mysql on a private server
  --json file           where the results go (.cache/bench/latest.json)
  --profile directory   CPU profiles of host and plugin, and where their time goes, instead of a report
`

const options = {
  help: { type: 'boolean', short: 'h' },
  quick: { type: 'boolean' },
  against: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'string' },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  plugin: { type: 'string' },
  profile: { type: 'string' },
}

const oneOf = (name, value, allowed) => {
  if (allowed.includes(value)) return value
  throw new Error(`expected --${name} to be one of ${allowed.join(', ')}, got ${value}`)
}

const positive = (name, text, fallback) => {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!(value > 0 && value <= 3600)) throw new Error(`expected --${name} to be a number above 0, got ${text}`)
  return value
}
