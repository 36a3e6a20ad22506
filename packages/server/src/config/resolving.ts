import type { AssembledConfig } from './assemble-config.js'
import { BadValue } from './bad-value.js'
import type { Problem } from './config-error.js'
import { resolvePath } from './interpolate.js'
import { formatPath, type Path } from './origins.js'
import { requireFile } from './read-text.js'

/** What the resolving functions share: where things stand, and what they find. */
export class Resolving {
  readonly problems: Problem[] = []
  readonly warnings: string[] = []
  readonly #raw: AssembledConfig
  readonly #badPaths: readonly Path[]
  readonly #files: Set<string>

  constructor(raw: AssembledConfig, badPaths: ReadonlySet<string>, files: Set<string>) {
    this.#raw = raw
    this.#badPaths = [...badPaths].map((path) => JSON.parse(path) as Path)
    this.#files = files
  }

  /** Lower-case name of a connection → handshake. */
  get reattached(): ReadonlyMap<string, string> {
    return this.#raw.reattached
  }

  get cacheOnly(): ReadonlySet<string> {
    return this.#raw.cacheOnly
  }

  /** Whether something at this path, above or below it has been reported: what follows from it is not worth a line. */
  isBad(path: Path): boolean {
    return this.#badPaths.some((bad) => path.every((part, index) => index >= bad.length || bad[index] === part))
  }

  complain(path: Path, message: string): void {
    const { file, line, column, label } = this.#raw.origins.ofValue(path)
    this.problems.push({ file, line, column, path: label ?? formatPath(path), message })
  }

  /** About a key rather than its value. */
  complainAtKey(path: Path, message: string): void {
    const { file, line, column, label } = this.#raw.origins.ofKey(path)
    this.problems.push({ file, line, column, path: label ?? formatPath(path), message })
  }

  warn(path: Path, message: string): void {
    this.warnings.push(`${this.#raw.origins.ofValue(path).label ?? formatPath(path)}: ${message}`)
  }

  /** Relative to the folder of the file that the path stands in. */
  absolute(path: Path, name: string): string {
    return resolvePath(name, this.#raw.origins.ofValue(path).folder)
  }

  /** The absolute path of a file that is there and readable, or a problem. */
  async file(path: Path, name: string): Promise<string> {
    const file = this.absolute(path, name)
    try {
      await requireFile(file)
      this.#files.add(file)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      this.complain(path, `${JSON.stringify(name)}: ${error.message}`)
    }
    return file
  }

  has(path: Path): boolean {
    let node: unknown = this.#raw.tree
    for (const key of path) {
      if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return false
      node = (node as Record<string, unknown>)[key]
    }
    return true
  }
}
