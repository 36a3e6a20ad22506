import { dirname } from 'node:path'
import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { BadValue } from './bad-value.js'
import { ConfigError, type Problem } from './config-error.js'
import { interpolate } from './interpolate.js'
import { hasDeepLine, isNestedDeeper } from './is-nested-deeper.js'
import { formatPath, type Origin, Origins, type Path } from './origins.js'
import { readText } from './read-text.js'

export interface YamlSource {
  /** As the operator named it: for messages. */
  readonly name: string
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  /** Collects the files that were read. */
  readonly files: Set<string>
  /** Collects the texts of YAML files by their paths. */
  readonly texts?: Map<string, string>
}

export interface YamlFile {
  readonly documents: readonly YamlTree[]
  /** Wrong in single places; the rest of the tree is still worth a look. */
  readonly problems: readonly Problem[]
  /** JSON of the paths those problems are at. */
  readonly badPaths: ReadonlySet<string>
}

export interface YamlTree {
  readonly tree: unknown
  readonly origins: Origins
}

/** Plain values with a null prototype, interpolated, and where each of them stands. */
export async function readYaml(source: YamlSource): Promise<YamlFile> {
  const text = await readSource(source)
  source.files.add(source.path)
  return parseYaml(text, source)
}

/** The part of readYaml after reading. */
export async function parseYaml(text: string, source: YamlSource): Promise<YamlFile> {
  source.texts?.set(source.path, text)
  const lines = new LineCounter()
  const documents = compose(text, lines, source)
  const reader = new TreeReader(source, lines)
  const trees = []
  for (const document of documents) trees.push(await reader.read(document))
  return { documents: trees, problems: reader.problems, badPaths: reader.badPaths }
}

const maxFileBytes = 1024 * 1024

async function readSource(source: YamlSource): Promise<string> {
  try {
    return await readText(source.path, maxFileBytes)
  } catch (error) {
    if (error instanceof BadValue) throw wholeFile(source, error.message)
    throw error
  }
}

function wholeFile(source: YamlSource, message: string): ConfigError {
  return new ConfigError([{ file: source.name, line: 0, column: 0, path: '', message }])
}

function compose(text: string, lines: LineCounter, source: YamlSource): Document.Parsed[] {
  const documents = parse(text, lines, source)
  if (documents.every((document) => document.contents === null)) {
    throwFirst(documents, lines, source)
    throw wholeFile(source, 'the file is empty; docs/configuration.md shows what belongs into it')
  }
  throwFirst(documents, lines, source)
  return documents
}

function parse(text: string, lines: LineCounter, source: YamlSource): Document.Parsed[] {
  if (hasDeepLine(text, maxDepth)) throw wholeFile(source, tooDeep)
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  // The composer goes down by recursion.
  if (isNestedDeeper(tokens, maxDepth + 1)) throw wholeFile(source, tooDeep)
  // Duplicate keys are found below: the library compares every key with every other one.
  const composer = new Composer({ lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  return [...composer.compose(tokens)] as Document.Parsed[]
}

/** Syntax errors: everything after the first is usually a consequence of it, so there are at most three. */
function throwFirst(documents: readonly Document.Parsed[], lines: LineCounter, source: YamlSource): void {
  const found = documents.flatMap((document) => [...document.errors, ...document.warnings])
  if (found.length === 0) return
  const problems = found.slice(0, 3).map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    return { file: source.name, line, column: col, path: '', message: syntaxMessage(error.message) }
  })
  throw new ConfigError(problems)
}

/** The library quotes the offending text, which may be a secret. */
function syntaxMessage(message: string): string {
  return `not valid YAML: ${message.split(/: ["']/)[0]!.split('\n')[0]!}`
}

const maxDepth = 32
const maxNodes = 50_000
const maxAliases = 100
const tooDeep = `the file is nested too deeply; expected at most ${maxDepth} levels`

/** Names that objects in JavaScript have anyway: no key of ours, and a trap wherever objects are merged. */
const hostileKeys = new Set(['__proto__', 'constructor', 'prototype'])

class TreeReader {
  readonly problems: Problem[] = []
  readonly badPaths = new Set<string>()
  readonly #source: YamlSource
  readonly #lines: LineCounter
  readonly #folder: string
  #document!: Document.Parsed
  #origins!: Origins
  #nodes = 0
  #aliases = 0

  constructor(source: YamlSource, lines: LineCounter) {
    this.#source = source
    this.#lines = lines
    this.#folder = dirname(source.path)
  }

  async read(document: Document.Parsed): Promise<YamlTree> {
    this.#document = document
    this.#origins = new Origins(this.#originAt(document.range[0]))
    const tree = await this.#value(document.contents, [])
    return { tree, origins: this.#origins }
  }

  async #value(node: unknown, path: Path): Promise<unknown> {
    if (++this.#nodes > maxNodes) throw wholeFile(this.#source, 'the aliases of the file expand to too much')
    if (path.length > maxDepth) throw wholeFile(this.#source, tooDeep)
    if (isAlias(node)) return this.#value(this.#resolve(node, path), path)
    this.#remember(node, path)
    if (isMap(node)) return this.#mapping(node, path)
    if (isSeq(node)) return this.#list(node.items, path)
    return isScalar(node) ? this.#scalar(node, path) : null
  }

  #resolve(alias: Alias, path: Path): unknown {
    if (++this.#aliases > maxAliases) throw wholeFile(this.#source, `expected at most ${maxAliases} aliases`)
    const node = alias.resolve(this.#document)
    if (node === undefined) this.#complain(alias, path, `there is no anchor "${alias.source}" before this alias`)
    return node ?? null
  }

  #remember(node: unknown, path: Path): void {
    const range = (node as { range?: readonly number[] | null } | null)?.range
    // An empty value stands nowhere; its key is a better place to look at.
    if (range != null && range[0] !== range[1]) this.#origins.setValue(path, this.#originAt(range[0]!))
  }

  async #mapping(map: YAMLMap, path: Path): Promise<Record<string, unknown>> {
    const result: Record<string, unknown> = Object.create(null)
    const merged: unknown[] = []
    for (const pair of map.items) {
      const key = this.#key(pair, path)
      if (key === undefined) continue
      if (key === '<<') merged.push(...this.#mergeSources(pair.value))
      else if (key in result) this.#complain(pair.key, [...path, key], `the key "${key}" is here twice`)
      else {
        this.#origins.setKey([...path, key], this.#originOf(pair.key))
        result[key] = await this.#value(pair.value, [...path, key])
      }
    }
    for (const source of merged) await this.#merge(source, result, path)
    return result
  }

  #key(pair: Pair, path: Path): string | undefined {
    const key = pair.key
    if (!isScalar(key)) this.#complain(key, path, 'expected a plain name as key')
    else if (hostileKeys.has(nameOf(key))) this.#complain(key, path, `the key "${nameOf(key)}" is not allowed`)
    else return nameOf(key)
    return undefined
  }

  /** `<<: *defaults` or `<<: [*a, *b]`, which the original's YAML library knows. */
  #mergeSources(value: unknown): unknown[] {
    return isSeq(value) ? value.items : [value]
  }

  async #merge(source: unknown, result: Record<string, unknown>, path: Path): Promise<void> {
    const node = isAlias(source) ? this.#resolve(source, [...path, '<<']) : source
    if (!isMap(node)) return this.#complain(source, [...path, '<<'], 'expected an alias of a mapping')
    const present = new Set(Object.keys(result))
    for (const pair of node.items) {
      const key = this.#key(pair, path)
      if (key === undefined || present.has(key)) continue
      this.#origins.setKey([...path, key], this.#originOf(pair.key))
      result[key] = await this.#value(pair.value, [...path, key])
    }
  }

  async #list(items: readonly unknown[], path: Path): Promise<unknown[]> {
    const result = []
    for (const [index, item] of items.entries()) result.push(await this.#value(item, [...path, index]))
    return result
  }

  async #scalar(node: Scalar, path: Path): Promise<unknown> {
    if (typeof node.value === 'string') return this.#text(node, node.value, path)
    if (typeof node.value === 'number' && !isExact(node.value)) {
      this.#complain(node, path, 'this number would lose digits; put it in quotes')
    }
    return node.value
  }

  async #text(node: Scalar, text: string, path: Path): Promise<string> {
    if (!text.includes('${')) return text
    try {
      this.#origins.setValue(path, { ...this.#originOf(node), hidden: true })
      const { env, files } = this.#source
      return await interpolate(text, { env, files, folder: this.#folder })
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      this.#complain(node, path, error.message)
      return text
    }
  }

  #complain(node: unknown, path: Path, message: string): void {
    const { file, line, column } = this.#originOf(node)
    this.problems.push({ file, line, column, path: formatPath(path), message })
    this.badPaths.add(JSON.stringify(path))
  }

  #originOf(node: unknown): Origin {
    return this.#originAt((node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0)
  }

  #originAt(offset: number): Origin {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#source.name, folder: this.#folder, line, column: col }
  }
}

/** Keys are names, whatever else YAML sees in them: `1`, `true` and `null` as they are written. */
function nameOf(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}
