import { nearestName } from '@easyrest/protocol'

/** `, did you mean "x"?` or nothing, to be appended to an error text. */
export function suggest(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name.slice(0, 100), known)
  return nearest === undefined ? '' : `, did you mean "${nearest}"?`
}
