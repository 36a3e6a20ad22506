import { nearestName, PluginError } from '@easyrest/protocol'

/** The error for a name that does not exist, with the known name that may have been meant. */
export const unknownName = (kind: NameKind, name: string, known: Iterable<string>): PluginError => {
  const nearest = nearestName(name, known)
  return new PluginError(`unknown_${kind}`, `there is no ${kind} ${name}`, { details: nearest ? { nearest } : {} })
}

export type NameKind = 'table' | 'column' | 'function'
