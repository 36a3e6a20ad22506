import { PluginError } from '@easyrest/protocol'

/** A part of a URI with its percent-escapes decoded. Throws `bad_value`. */
export const decodePart = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // The text may be the password.
    throw badUri('expected percent-escapes of UTF-8; write % as %25')
  }
}

/** The error for a connection URI; it never quotes what may be the password. */
export const badUri = (problem: string): PluginError =>
  new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
