import { type JsonRow, type JsonValue, parseJsonRow, parseJsonValues, type RequestContext } from '@easyrest/protocol'

/**
 * The parts of a request's context by their flat names, as the original has them: claims.sub is claims_sub, a header
 * x-shop is headers_x_shop. Objects and lists are there as JSON too. Names are for looking up; none becomes SQL.
 */
export const contextValues = (context: RequestContext | undefined): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  if (context === undefined) return values
  if (context.ctx.length > 0) collect(parseJsonRow(context.ctx), '', values)
  // The typed fields win.
  values.set('timezone', context.timezone)
  values.set('user_id', context.userId)
  values.set('prefer_tx', context.txEnd === 'rollback' ? 'rollback' : 'commit')
  return values
}

const collect = (members: JsonRow, prefix: string, values: Map<string, string>): void => {
  for (const [name, value] of members) add(prefix + flatName(name), value, values)
}

const add = (name: string, value: JsonValue, values: Map<string, string>): void => {
  if (value.kind === 'null') return
  values.set(name, 'text' in value ? value.text : value.kind)
  if (value.kind !== 'json') return
  if (value.text.startsWith('{')) collect(parseJsonRow(Buffer.from(value.text)), `${name}_`, values)
  else
    for (const [index, item] of parseJsonValues(Buffer.from(value.text)).entries())
      add(`${name}_${index}`, item, values)
}

const flatName = (name: string): string => name.toLowerCase().replace(/[.-]/g, '_')
