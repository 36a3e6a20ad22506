import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { ApiError } from '../errors.js'
import { nextLink } from './next-link.js'

const request = (url: string, originalUrl?: string) => ({ url, originalUrl }) as unknown as IncomingMessage

test('A link is the URL of the request with another cursor', () => {
  for (const [url, expected] of [
    ['/api/t/x/', '/api/t/x/?cursor=C'],
    ['/api/t/x?', '/api/t/x?cursor=C'],
    ['/api/t/x?limit=2&&offset=4&select=a%26b', '/api/t/x?limit=2&select=a%26b&cursor=C'],
    ['/api/t/x?%63ursor=A&limit=2&o%66fset=1&offset', '/api/t/x?limit=2&cursor=C'],
    ['/api/t/x?where.eq.a=cursor&limit=2', '/api/t/x?where.eq.a=cursor&limit=2&cursor=C'],
    ['/api/t/x?where.eq.a=<">\xc3\xa4', '/api/t/x?where.eq.a=%3C%22%3E%C3%A4&cursor=C'],
  ] as const) {
    assert.equal(nextLink(request(url), 'C', 1000), `<${expected}>; rel="next"`)
  }
})

test('A link leads to where the server is mounted', () => {
  assert.equal(
    nextLink(request('/api/t/x?limit=2', '/data/api/t/x?limit=2'), 'C', 1000).split('?')[0],
    '</data/api/t/x',
  )
})

test('A link that could not be followed is an error, not the end', () => {
  assert.throws(
    () => nextLink(request('/api/t/x'), 'C'.repeat(100), 100),
    (error) => error instanceof ApiError && error.code === 'uri_too_long',
  )
})
