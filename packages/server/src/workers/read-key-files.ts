import { readFileSync } from 'node:fs'
import type { Config } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'

/** The configuration with the contents of the files it names keys by. Throws ConfigError. */
export const readKeyFiles = (config: Config): Config => {
  const { http, auth } = config
  const { tls } = http
  const keys = auth.jwt.keys.map((key) => ({
    ...key,
    text: read(key.file, 'auth_plugins.jwt.settings.keys').toString('utf8'),
  }))
  return {
    ...config,
    http: {
      ...http,
      tls: tls && {
        ...tls,
        pems: { cert: read(tls.certFile, 'tls_cert_file'), key: read(tls.keyFile, 'tls_key_file') },
      },
    },
    auth: { ...auth, jwt: { ...auth.jwt, keys } },
  }
}

const read = (file: string, key: string): Buffer => {
  try {
    return readFileSync(file)
  } catch (error) {
    throw ConfigError.of(key, `${file} cannot be read: ${(error as Error).message}`)
  }
}
