import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { PluginError } from '@easyrest/protocol'
import { badUri, type OptionReader } from './option-reader.js'

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** TLS as libpq's options say it. */
export interface TlsSettings {
  readonly mode: (typeof modes)[number]
  readonly rootCertificate: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  readonly keyPassword: string | undefined
  readonly revocationList: string | undefined
  readonly minVersion: SecureVersion | undefined
  readonly maxVersion: SecureVersion | undefined
  readonly serverName: boolean
  readonly direct: boolean
  readonly channelBinding: boolean
}

export const tlsOptionNames = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslsni',
  'sslnegotiation',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'channel_binding',
]

export const readTlsSettings = (options: OptionReader): TlsSettings => {
  const rootCertificate = options.text('sslrootcert')
  const mode = options.choice('sslmode', modes, rootCertificate === 'system' ? 'verify-full' : 'prefer')
  if (rootCertificate === 'system' && mode !== 'verify-full') {
    throw badUri('sslrootcert=system needs sslmode=verify-full: anyone can have a certificate of a public authority')
  }
  return {
    mode,
    rootCertificate,
    certificate: options.text('sslcert'),
    key: options.text('sslkey'),
    keyPassword: options.text('sslpassword'),
    revocationList: options.text('sslcrl'),
    minVersion: readVersion(options, 'ssl_min_protocol_version'),
    maxVersion: readVersion(options, 'ssl_max_protocol_version'),
    serverName: options.flag('sslsni', true),
    direct: options.choice('sslnegotiation', ['postgres', 'direct'], 'postgres') === 'direct',
    channelBinding: options.choice('channel_binding', ['disable', 'prefer'], 'prefer') === 'prefer',
  }
}

const readVersion = (options: OptionReader, name: string): SecureVersion | undefined =>
  options.text(name) === undefined ? undefined : options.choice<SecureVersion>(name, ['TLSv1.2', 'TLSv1.3'], 'TLSv1.2')

/** The ways to try a server, in their order: without TLS (false), or with these options. Sockets have none. */
export const tlsAttempts = (settings: TlsSettings, host: string): readonly (ConnectionOptions | false)[] => {
  if (host.startsWith('/') || settings.mode === 'disable') return [false]
  const options = connectionOptions(settings, host)
  if (settings.mode === 'allow') return [false, options]
  return settings.mode === 'prefer' ? [options, false] : [options]
}

// As libpq: a root certificate that is given is also checked with `require`.
const connectionOptions = (settings: TlsSettings, host: string): ConnectionOptions => {
  const { mode, rootCertificate, minVersion, maxVersion } = settings
  const verifies = mode.startsWith('verify') || (mode === 'require' && rootCertificate !== undefined)
  return {
    rejectUnauthorized: verifies,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(rootCertificate !== undefined &&
      rootCertificate !== 'system' && { ca: readPem('sslrootcert', rootCertificate) }),
    ...(settings.certificate !== undefined && { cert: readPem('sslcert', settings.certificate) }),
    ...(settings.key !== undefined && { key: readPem('sslkey', settings.key) }),
    ...(settings.keyPassword !== undefined && { passphrase: settings.keyPassword }),
    ...(settings.revocationList !== undefined && { crl: readPem('sslcrl', settings.revocationList) }),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(settings.serverName && isIP(host) === 0 && { servername: host }),
  }
}

const readPem = (option: string, path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new PluginError('bad_value', `the file of ${option} in the connection URI cannot be read; check its path`, {
      details: { log: String(cause) },
      cause,
    })
  }
}
