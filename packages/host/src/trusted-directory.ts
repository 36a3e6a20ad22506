import { stat } from 'node:fs/promises'

/**
 * Why programs of this directory cannot be trusted, and what to do; undefined: they can. Whoever may write there decides
 * what gets the credentials of a database. The sticky bit is no help: it does not keep anyone from adding a program. On
 * Windows, where modes mean nothing, all are.
 */
export const whyUntrusted = async (directory: string): Promise<string | undefined> => {
  if (process.geteuid === undefined) return undefined
  const { mode, uid, gid } = await stat(directory)
  const shown = (mode & 0o7777).toString(8).padStart(4, '0')
  if (mode & 0o002) return `everyone may write (mode ${shown}): run chmod o-w ${directory}`
  // A group of one's own, as many systems give every user, is nobody else.
  if (mode & 0o020 && gid !== uid) return `group ${gid} may write (mode ${shown}): run chmod g-w ${directory}`
  return uid === 0 || uid === process.geteuid()
    ? undefined
    : `its owner, user ${uid}, may write (mode ${shown}): run chown ${process.geteuid()} ${directory}, or start the server as that user`
}
