import { type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCertificate } from '@easyrest/protocol'
import { generateKeys } from '@easyrest/protocol/testing'
import type { TemporaryDirectory } from './temporary-directory.js'
import { type Claims, secondsFromNow } from './token.js'

const certificate = createCertificate()

/** Somebody who signs tokens with Ed25519 and publishes the keys at an https URL, as an identity provider does. */
export class Issuer {
  /** How often the keys were asked for. */
  asked = 0
  private readonly keys = new Map<string, KeyObject>()
  private published: string[] = []
  private server: Server | undefined
  private port = 0

  get url(): string {
    return `https://localhost:${this.port}/keys`
  }

  /** On the same port each time. */
  async open(): Promise<void> {
    const server = createServer({ cert: certificate.certificatePem, key: certificate.keyPem }, (_request, response) => {
      this.asked++
      response
        .setHeader('Connection', 'close')
        .end(JSON.stringify({ keys: this.published.map((kid) => this.jwk(kid)) }))
    })
    server.listen(this.port, 'localhost')
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }

  async close(): Promise<void> {
    const { server } = this
    this.server = undefined
    server?.closeAllConnections()
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }

  publish(...kids: string[]): void {
    this.published = kids
  }

  token(kid: string, claims: Claims): string {
    const parts = [
      { alg: 'EdDSA', kid },
      { exp: secondsFromNow(3600), ...claims },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    const content = parts.join('.')
    return `${content}.${sign(null, Buffer.from(content), this.key(kid)).toString('base64url')}`
  }

  /** The environment of a server that is to trust the issuer. */
  async environment(directory: TemporaryDirectory): Promise<NodeJS.ProcessEnv> {
    const file = directory.file('issuer.crt')
    await writeFile(file, certificate.certificatePem)
    return { NODE_EXTRA_CA_CERTS: file }
  }

  private jwk(kid: string): object {
    const { d: _d, ...jwk } = this.key(kid).export({ format: 'jwk' })
    return { ...jwk, kid, use: 'sig' }
  }

  private key(kid: string): KeyObject {
    const key = this.keys.get(kid) ?? generateKeys('ed25519').privateKey
    this.keys.set(kid, key)
    return key
  }
}
