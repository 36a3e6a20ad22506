import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { generateKeys } from '@easyrest/protocol/testing'

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const secret = 'correct-horse-battery-staple-0123456789'
export const rsa: KeyPair = generateKeys('rsa', { modulusLength: 2048 })
export const p256: KeyPair = generateKeys('ec', { namedCurve: 'P-256' })
export const p384: KeyPair = generateKeys('ec', { namedCurve: 'P-384' })
export const p521: KeyPair = generateKeys('ec', { namedCurve: 'P-521' })
export const ed25519: KeyPair = generateKeys('ed25519')

const directory = mkdtempSync(join(tmpdir(), 'easyrest-keys-'))
after(() => rmSync(directory, { recursive: true, force: true }))
let files = 0

/** Path of a new file with this content; objects are written as JSON. */
export function keyFile(content: string | Buffer | object): string {
  files += 1
  const file = join(directory, `key-${files}`)
  writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
  return file
}

export function publicPem(pair: KeyPair): string {
  return pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

export function privatePem(pair: KeyPair): string {
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

export function publicJwk(pair: KeyPair): Record<string, unknown> {
  return { ...pair.publicKey.export({ format: 'jwk' }) }
}
