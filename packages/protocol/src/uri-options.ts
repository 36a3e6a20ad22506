import { nearestName } from './nearest-name.js'
import { PluginError } from './plugin-error.js'

/**
 * The options behind the `?` of a connection URI, decoded, in their order. An option without `=` has the value ''.
 * Throws `bad_value` for one that is not in `valid`, with those that are, and for escapes that are no UTF-8.
 */
export const uriOptions = (query: string, valid: readonly string[]): (readonly [name: string, value: string])[] =>
  query
    .split('&')
    .filter((option) => option !== '')
    .map((option) => {
      const [name, value] = splitOption(option)
      if (!valid.includes(name)) throw unknownOption(name, valid)
      return [name, value]
    })

const splitOption = (option: string): readonly [name: string, value: string] => {
  const equals = option.indexOf('=')
  if (equals < 0) return [decode(option, 'of options'), '']
  const name = decode(option.slice(0, equals), 'of options')
  return [name, decode(option.slice(equals + 1), `of the option ${name}`)]
}

const unknownOption = (name: string, valid: readonly string[]): PluginError => {
  const nearest = nearestName(name, valid)
  const next = nearest === undefined ? '; valid' : `, did you mean ${nearest}? Valid`
  return badUri(`unknown option ${JSON.stringify(name)}${next} are ${valid.join(', ')}`)
}

// The text itself may be a password.
const decode = (text: string, where: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUri(`expected percent-escapes of UTF-8 in the text ${where}; write % as %25`)
  }
}

const badUri = (problem: string): PluginError => new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
