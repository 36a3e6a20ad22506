import { nearestName } from './nearest-name.js'
import { PluginError } from './plugin-error.js'

export type NameKind = 'table' | 'column' | 'function'

/**
 * The error for a name that does not exist, with the known name that may have been meant.
 * @param options.table the table a column was looked for in
 * @param options.problem the text for the client, where "there is no ..." does not say it
 */
export const unknownName = (
  kind: NameKind,
  name: string,
  known: Iterable<string>,
  {
    table,
    problem = `there is no ${kind} ${name}${table === undefined ? '' : ` in ${table}`}`,
  }: UnknownNameOptions = {},
): PluginError => {
  const nearest = nearestName(name, known)
  return new PluginError(`unknown_${kind}`, problem, {
    details: { ...(table !== undefined && { table }), [kind]: name, ...(nearest !== undefined && { nearest }) },
  })
}

interface UnknownNameOptions {
  readonly table?: string
  readonly problem?: string
}
