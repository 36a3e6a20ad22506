import type { z } from 'zod'
import type { Problem } from './config-error.js'
import { configSchema, type ParsedConfig } from './config-schema.js'
import { formatPath, type Origins, type Path } from './origins.js'
import { suggest } from './suggest.js'

export interface RawConfig {
  readonly tree: unknown
  readonly origins: Origins
}

export interface Validated {
  /** What is left when the bad parts are taken out; undefined when that is nothing. */
  readonly parsed: ParsedConfig | undefined
  readonly problems: readonly Problem[]
  /** JSON of every path that is known to be bad. */
  readonly badPaths: ReadonlySet<string>
}

/**
 * Checks the tree against the schema. The checks that come after this one need a whole configuration, and the operator
 * needs all problems at once: so what is wrong is taken out of a copy, and the rest goes on.
 */
export function validateConfig(raw: RawConfig, badPaths: ReadonlySet<string> = new Set()): Validated {
  const result = configSchema.safeParse(raw.tree)
  if (result.success) return { parsed: result.data, problems: [], badPaths }
  const { issues } = result.error
  // One mistake, one message: what could not be interpolated has been reported.
  const fresh = issues.filter((issue) => pathsOf(issue).some((path) => !badPaths.has(path)))
  return {
    parsed: configSchema.safeParse(prune(raw.tree, issues)).data,
    problems: fresh.flatMap((issue) => problemsOf(issue, raw)),
    badPaths: new Set([...badPaths, ...issues.flatMap(pathsOf)]),
  }
}

type Issue = z.core.$ZodIssue

/** JSON of the paths an issue is about: unknown keys themselves, not the mapping they stand in. */
function pathsOf(issue: Issue): string[] {
  if (issue.code !== 'unrecognized_keys') return [JSON.stringify(issue.path)]
  return issue.keys.map((key) => JSON.stringify([...issue.path, key]))
}

function problemsOf(issue: Issue, raw: RawConfig): Problem[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, raw))
  const origin = issue.code === 'invalid_key' ? raw.origins.ofKey(path) : raw.origins.ofValue(path)
  const { file, line, column } = origin
  const message = isHidden(issue) || origin.hidden ? expectation(issue) : `${expectation(issue)}${received(raw, path)}`
  return [{ file, line, column, path: origin.label ?? formatPath(path), message }]
}

function unknownKey(path: Path, key: string, raw: RawConfig): Problem {
  const { file, line, column } = raw.origins.ofKey([...path, key])
  return { file, line, column, path: formatPath(path), message: unknownKeyMessage(path, key) }
}

function unknownKeyMessage(path: Path, key: string): string {
  const known = keysAt(configSchema, path)
  if (formatPath(path) === 'auth_plugins') {
    const hint = suggest(key, known)
    return `the kind of authentication "${key}" is not built yet${hint || '; use "jwt", the only one so far'}`
  }
  return `unknown key "${key}"${suggest(key, known) || `; expected ${known.join(', ')}`}`
}

/** The keys that the schema knows in the mapping at this path. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const inner = unwrap(schema)
  const [first, ...rest] = path
  if (inner.def.type === 'object') {
    const { shape } = inner.def as z.core.$ZodObjectDef
    return first === undefined ? Object.keys(shape) : keysAt(shape[first]!, rest)
  }
  if (first === undefined) return []
  if (inner.def.type === 'record') return keysAt((inner.def as z.core.$ZodRecordDef).valueType, rest)
  return inner.def.type === 'array' ? keysAt((inner.def as z.core.$ZodArrayDef).element, rest) : []
}

/** What a schema is without its default, its optionality and its handling of null. */
function unwrap(schema: z.core.$ZodType): { readonly def: z.core.$ZodTypeDef } {
  const { def } = schema._zod
  if (def.type === 'pipe') return unwrap((def as z.core.$ZodPipeDef).out)
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return unwrap((def as z.core.$ZodOptionalDef).innerType)
  }
  return { def }
}

function isHidden(issue: Issue): boolean {
  return issue.code === 'invalid_key' || (issue.code === 'custom' && issue.params?.hidden === true)
}

function expectation(issue: Issue): string {
  if (issue.code === 'custom') return issue.message
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (issue.code !== 'invalid_type') return issue.message
  return issue.expected === 'array' ? 'expected a list' : 'expected a mapping (lines of "key: value" below this key)'
}

function received(raw: RawConfig, path: Path): string {
  const value = path.reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], raw.tree)
  return `, received ${describeValue(value)}`
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function prune(tree: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredCloneOf(tree)
  for (const issue of issues) {
    const path = issue.path as Path
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(copy, [...path, key])
    else remove(copy, path)
  }
  return copy
}

/** structuredClone would give the mappings a prototype. */
function structuredCloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneOf)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, member] of Object.entries(value)) copy[key] = structuredCloneOf(member)
  return copy
}

function remove(tree: unknown, path: Path): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, part) => (node as Record<string, unknown>)?.[part], tree)
  const key = path.at(-1)
  if (typeof parent !== 'object' || parent === null || key === undefined) return
  // Without its URI an entry would not parse; a placeholder keeps it, so that its name still counts.
  if (key === 'uri') (parent as Record<string, unknown>)[key] = 'invalid://'
  else if (Array.isArray(parent)) parent[key as number] = 'invalid'
  else delete (parent as Record<string, unknown>)[key]
}
