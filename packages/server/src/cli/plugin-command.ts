import { exitCodes } from './exit-codes.js'

/**
 * `easyrest-server plugin ...`: what a plugin author needs. It writes its own output, since a check takes minutes.
 * @returns the exit status
 */
export const pluginCommand = async ([command, ...args]: readonly string[]): Promise<number> => {
  // The server itself needs neither, and starts faster without.
  if (command === 'check') return (await import('@easyrest/conformance')).conformanceCommand(`${name} check`, args)
  if (command === 'new') return (await import('../scaffold/plugin-new.js')).pluginNew(args)
  const isHelp = command === '--help' || command === '-h'
  const problem = command === undefined ? '' : `unknown command "plugin ${command}"\n`
  process[isHelp ? 'stdout' : 'stderr'].write(isHelp ? usage : `${problem}${usage}`)
  return isHelp ? exitCodes.ok : exitCodes.usage
}

const name = 'easyrest-server plugin'

const usage = `usage: ${name} check PROGRAM --uri URI [options]   check a plugin program against the contract
       ${name} new NAME --lang LANGUAGE --kind KIND     write a small plugin that works

${name} check --help and ${name} new --help say more.
`
