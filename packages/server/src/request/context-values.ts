import { ApiError } from '../errors.js'

/** Resolves `erctx.<name>` and `request.<path>`, the two spellings of a value that the request itself carries. */
export interface ContextValues {
  /** The text behind a context value, or undefined when it does not resolve. */
  resolve(reference: string): string | undefined
}

/** @param ctx the JSON text of the request's ctx; parsed only when a context value is used */
export const contextValues = (ctx: string): ContextValues => {
  let nested: unknown
  let flat: Map<string, string> | undefined
  const parsed = () => {
    nested ??= JSON.parse(ctx)
    return nested
  }
  return {
    resolve: (reference) => {
      if (reference.startsWith('request.')) return textOf(walk(parsed(), reference.slice('request.'.length)))
      flat ??= flatten(parsed())
      return flat.get(normalize(reference.slice('erctx.'.length)))
    },
  }
}

export const isContextReference = (text: string): boolean => text.startsWith('erctx.') || text.startsWith('request.')

/**
 * `\erctx.x` is the text `erctx.x`, and `\\erctx.x` is `\erctx.x`: one backslash is taken away, so that every text can be
 * written. undefined: nothing is escaped.
 */
export const unescapeReference = (text: string): string | undefined =>
  text.startsWith('\\') && likeReference.test(text) ? text.slice(1) : undefined

/** A text as it has to be written so that it stands for itself. */
export const escapeReference = (text: string): string => (likeReference.test(text) ? `\\${text}` : text)

const likeReference = /^\\*(?:erctx|request)\./

/**
 * A condition's operand: a context value becomes its text, `\erctx.x` stands for the text "erctx.x".
 * Throws ApiError unknown_context_value: comparing with the literal word would silently filter by nonsense.
 */
export const resolveOperand = (text: string, values: ContextValues): string => {
  if (!isContextReference(text)) return unescapeReference(text) ?? text
  return requireResolved(text, values, `Write \\${text} for the text itself`)
}

/** What a context value resolves to. Throws ApiError unknown_context_value. @param hint what to do otherwise */
export const requireResolved = (reference: string, values: ContextValues, hint: string): string => {
  const value = values.resolve(reference)
  if (value !== undefined) return value
  throw new ApiError('unknown_context_value', {
    detail: `The context value ${JSON.stringify(reference)} does not resolve for this request`,
    hint,
  })
}

// erctx.*: one flat name per leaf, dots and dashes as underscores, as the original's plugins see them.
const flatten = (ctx: unknown): Map<string, string> => {
  const flat = new Map<string, string>()
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        visit(member, name === '' ? normalize(key) : `${name}_${normalize(key)}`)
      return
    }
    const text = textOf(value)
    if (text !== undefined) flat.set(name, text)
  }
  visit(ctx, '')
  return flat
}

const normalize = (name: string): string => name.toLowerCase().replace(/[.-]/g, '_')

// request.*: a walk along the objects, by the exact names.
const walk = (ctx: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }, ctx)

const textOf = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
