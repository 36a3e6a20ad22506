import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { createCertificate } from './certificate.js'

test('a certificate is its own issuer, for localhost, for 30 years', () => {
  for (let count = 0; count < 50; count++) {
    const certificate = new X509Certificate(createCertificate().der)
    assert.ok(certificate.verify(certificate.publicKey))
    assert.ok(certificate.checkIssued(certificate))
    assert.equal(certificate.checkHost('localhost'), 'localhost')
    assert.ok(certificate.ca)
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'])
    assert.ok(Date.parse(certificate.validFrom) < Date.now())
    assert.ok(Date.parse(certificate.validTo) > Date.now() + 29 * 365 * 86_400_000)
  }
})
