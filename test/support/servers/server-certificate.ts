import { chmod, copyFile } from 'node:fs/promises'
import { repositoryPath } from '../repository-path.js'
import type { ServerDirectory } from './server-directory.js'

export interface ServerCertificate {
  readonly cert: string
  readonly key: string
}

/** Copies the certificate of the tests to where the server may read it and nobody else. Its own authority is certificateFile. */
export async function serverCertificate(directory: ServerDirectory): Promise<ServerCertificate> {
  const copy = async (name: string): Promise<string> => {
    const target = directory.file(name)
    await copyFile(repositoryPath('test/support/tls', name), target)
    await chmod(target, 0o600)
    await directory.give(target)
    return target
  }
  return { cert: await copy('first.crt'), key: await copy('first.key') }
}

/** What a client trusts that is to accept it; for 127.0.0.1 and localhost. */
export const certificateFile = (): string => repositoryPath('test/support/tls/first.crt')

/** The key of that certificate, for a client that shows it as its own. */
export const keyFile = (): string => repositoryPath('test/support/tls/first.key')
