import { X509Certificate } from 'node:crypto'
import { type Certificate, type Handshake, HandshakeError, quoteOutput } from '@easyrest/protocol'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import type { TlsUse } from './connection.js'

/** Both ends of go-plugin's AutoMTLS: each side trusts exactly the other's certificate. */
export interface TlsPair {
  readonly own: Certificate
  readonly peer: X509Certificate
}

/** A plugin that listens on TCP without having been offered TLS. Started again with an offer, it may take it. */
export class PlainTcp extends HandshakeError {}

/**
 * The plugin's answer to an offer of TLS; undefined: the connection stays plain, which is right on a private socket and,
 * where the configuration says so, on TCP. Throws HandshakeError.
 */
export const peerCertificate = (
  { certificate, network }: Handshake,
  offered: boolean,
  use: TlsUse,
): X509Certificate | undefined => {
  if (certificate !== '') {
    if (offered) return parseCertificate(certificate)
    throw new HandshakeError('the plugin answered with a certificate although the host offered no TLS')
  }
  if (network === 'tcp' && use !== 'never') throw offered ? notTaken('tcp') : new PlainTcp(plainTcp)
  if (offered && use === 'always') throw notTaken(network)
  return undefined
}

/** Lets the host connect to the owner of the peer's certificate and to nobody else. */
export const pairCredentials = ({ own, peer }: TlsPair): ChannelCredentials =>
  credentials.createSsl(Buffer.from(peer.toString()), own.keyPem, own.certificatePem, {
    checkServerIdentity: (_host, { raw }) =>
      raw.equals(peer.raw) ? undefined : new Error('expected the certificate of the handshake, got another'),
  })

const parseCertificate = (base64: string): X509Certificate => {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch (cause) {
    throw new HandshakeError(
      `expected the base64 of a certificate in the sixth field of the handshake, got ${quoteOutput(base64)}`,
      { cause },
    )
  }
}

const plainTcp = 'the plugin listens on TCP, which every user of this machine can connect to, and was offered no TLS'

const notTaken = (network: string): HandshakeError =>
  new HandshakeError(
    `expected a certificate in the sixth field of the handshake, because PLUGIN_CLIENT_CERT offered TLS on ${network}, got none; ` +
      "take the offer as go-plugin's AutoMTLS does, or listen on a unix socket and leave the connection's tls at auto",
  )
