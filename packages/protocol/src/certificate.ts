import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A self-signed certificate for one process and its peer, each of which trusts exactly the other's. */
export interface Certificate {
  /** As the handshake carries it, in base64. */
  readonly der: Buffer
  readonly certificatePem: Buffer
  readonly keyPem: Buffer
}

/**
 * Makes what go-plugin's AutoMTLS makes: CN=localhost for server and client, valid from 30 seconds ago for 30 years,
 * on P-256. Written out in DER because node:crypto reads certificates but makes none.
 */
export const createCertificate = (now = Date.now()): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const body = certificateBody(publicKey, now)
  const der = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, privateKey)))
  return {
    der,
    certificatePem: toPem(der),
    keyPem: Buffer.from(privateKey),
  }
}

// RFC 5280, section 4.1: TBSCertificate.
const certificateBody = (publicKey: Buffer, now: number): Buffer => {
  const serial = randomBytes(16)
  // Positive, and without a leading zero byte.
  serial[0] = (serial[0]! & 0x3f) | 0x40
  return sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    localhostName(),
    sequence(time(now - 30_000), time(now + 262_980 * 3_600_000)),
    localhostName(),
    publicKey,
    tagged(0xa3, sequence(...extensions(publicKey))),
  )
}

const extensions = (publicKey: Buffer): Buffer[] => [
  extension('551d0f', tagged(0x03, Buffer.from([2, 0xac])), critical), // digitalSignature, key*, keyCertSign
  extension('551d25', sequence(oid('2b06010505070302'), oid('2b06010505070301'))), // client and server
  extension('551d13', sequence(critical), critical), // basicConstraints: CA
  extension('551d0e', tagged(0x04, keyIdentifier(publicKey))),
  extension('551d11', sequence(tagged(0x82, Buffer.from('localhost')))), // subjectAltName
]

const extension = (id: string, value: Buffer, ...flags: Buffer[]): Buffer =>
  sequence(oid(id), ...flags, tagged(0x04, value))

const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest()

const localhostName = (): Buffer => sequence(nameMember('55040a', 'EasyREST'), nameMember('550403', 'localhost'))

const nameMember = (id: string, text: string): Buffer =>
  tagged(0x31, sequence(oid(id), tagged(0x0c, Buffer.from(text))))

// UTCTime until 2049, GeneralizedTime from 2050 on.
const time = (ms: number): Buffer => {
  const text = `${new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')}`
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text))
}

const tagged = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts)
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes)
const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.from([0]), bytes)
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))

const critical = tagged(0x01, Buffer.from([0xff]))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

const toPem = (der: Buffer): Buffer =>
  Buffer.from(
    `-----BEGIN CERTIFICATE-----\n${der
      .toString('base64')
      .match(/.{1,64}/g)!
      .join('\n')}\n-----END CERTIFICATE-----\n`,
  )
