import type { IncomingMessage } from 'node:http'
import { ApiError } from '../errors.js'

/**
 * What is wrong with the headers that a request has once: no Host, or two of them, or of Content-Type; undefined: nothing.
 * Node keeps the first of two without a word, and what stands in front of the server may have gone by the other. (Two
 * credentials are refused where they are read.)
 */
export const headerFault = ({ rawHeaders, httpVersionMinor }: IncomingMessage): ApiError | undefined => {
  let seen = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = bitOf(rawHeaders[index]!)
    if ((seen & bit) !== 0) return repeated(rawHeaders[index]!)
    seen |= bit
  }
  return (seen & hostBit) === 0 && httpVersionMinor > 0 ? withoutHost() : undefined
}

const hostBit = 1
const contentTypeBit = 2

// Compared by length first: this runs for every header of every request.
const bitOf = (name: string): number => {
  if (name.length === 4) return name.toLowerCase() === 'host' ? hostBit : 0
  if (name.length === 12) return name.toLowerCase() === 'content-type' ? contentTypeBit : 0
  return 0
}

const repeated = (name: string): ApiError =>
  new ApiError('bad_header', {
    detail: `Expected one header ${name}, got two`,
    hint: 'Look at what stands between the client and the server: only one of them can be meant',
  })

const withoutHost = (): ApiError => new ApiError('bad_header', { detail: 'Expected a header Host, got none' })
