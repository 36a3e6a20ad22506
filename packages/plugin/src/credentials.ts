import { X509Certificate } from 'node:crypto'
import { createCertificate } from '@easyrest/protocol'
import { ServerCredentials } from '@grpc/grpc-js'
import { StartFailure } from './start-failure.js'

/** How the plugin listens, and the certificate the handshake names ('' without TLS). */
export interface Credentials {
  readonly server: ServerCredentials
  readonly certificate: string
}

/**
 * go-plugin's AutoMTLS: a host that offers its certificate gets TLS, and nobody else gets in. Without an offer the
 * private socket is protection enough. Throws StartFailure when the offer is no certificate.
 */
export const createCredentials = (clientCertificate = process.env.PLUGIN_CLIENT_CERT): Credentials => {
  if (!clientCertificate) return { server: ServerCredentials.createInsecure(), certificate: '' }
  checkPem(clientCertificate)
  const { der, certificatePem, keyPem } = createCertificate()
  const pair = { private_key: keyPem, cert_chain: certificatePem }
  return {
    server: ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true),
    // Go's decoder refuses padding.
    certificate: der.toString('base64').replace(/={1,2}$/, ''),
  }
}

const checkPem = (pem: string): void => {
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new StartFailure(
      'expected a certificate in PEM form in PLUGIN_CLIENT_CERT, got something else; a host that wants no TLS leaves it unset',
      { cause },
    )
  }
}
