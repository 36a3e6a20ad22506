import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '../temporary-directory.js'
import { Lifeline } from './lifeline.js'
import { type ProcessUser, unprivilegedUser } from './unprivileged-user.js'

/** Where one server keeps everything that it has, and as whom it runs. */
export interface ServerDirectory {
  readonly path: string
  readonly user: ProcessUser
  file(name: string): string
  /** A directory inside that the server may write. */
  makeDirectory(name: string): Promise<string>
  /** Makes a file or directory inside the server's own. */
  give(path: string): Promise<void>
  /** Ends every process that works in it, then removes it. */
  remove(): Promise<void>
}

/**
 * A private directory of the unprivileged user. When this process ends, however it ends, so does every server in it, and
 * the directory goes too.
 * @param lastSignal what a server gets first at that moment; SIGKILL follows
 */
export async function serverDirectory(lastSignal: 'QUIT' | 'KILL'): Promise<ServerDirectory> {
  const { path } = await temporaryDirectory()
  const user = unprivilegedUser()
  const give = async (folder: string): Promise<void> => {
    if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid)
  }
  await give(path)
  const lifeline = new Lifeline(path, lastSignal)
  return {
    path,
    user,
    file: (name) => join(path, name),
    makeDirectory: async (name) => {
      const folder = join(path, name)
      await mkdir(folder, { mode: 0o700 })
      await give(folder)
      return folder
    },
    give,
    remove: () => lifeline.pull(),
  }
}
