import { type NameKind, unknownName } from '@easyrest/protocol'

/** Throws `unknown_table`, `unknown_column` or `unknown_function` for the first name that is not among the known. */
export const checkNames = (kind: NameKind, names: Iterable<string>, known: Iterable<string>): void => {
  const all = new Set(known)
  for (const name of names) if (!all.has(name)) throw unknownName(kind, name, all)
}
