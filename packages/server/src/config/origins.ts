/** A place in the configuration: keys from the root down, list positions as numbers. */
export type Path = readonly (string | number)[]

/** Where a key or a value was written. */
export interface Origin {
  /** As the operator named it; `environment` or `command line`. */
  readonly file: string
  /** What relative paths in this place are relative to. */
  readonly folder: string
  /** Counted from 1; 0 outside files. */
  readonly line: number
  readonly column: number
  /** The variable or flag, instead of a line. */
  readonly label?: string
  /** The value is partly or wholly from the environment or a secret file: it is never shown. */
  readonly hidden?: boolean
}

/** Remembers for a tree of plain values where each key and each value came from. */
export class Origins {
  readonly #root: Origin
  readonly #keys = new Map<string, Origin>()
  readonly #values = new Map<string, Origin>()

  constructor(root: Origin) {
    this.#root = root
  }

  setKey(path: Path, origin: Origin): void {
    this.#keys.set(JSON.stringify(path), origin)
  }

  setValue(path: Path, origin: Origin): void {
    this.#values.set(JSON.stringify(path), origin)
  }

  /** Where the key stands, or else the nearest key above it. */
  ofKey(path: Path): Origin {
    for (let length = path.length; length > 0; length--) {
      const id = JSON.stringify(path.slice(0, length))
      const origin = this.#keys.get(id) ?? this.#values.get(id)
      if (origin !== undefined) return origin
    }
    return this.#root
  }

  /** Where the value stands, or else its key, or else the nearest key above it. */
  ofValue(path: Path): Origin {
    return this.#values.get(JSON.stringify(path)) ?? this.ofKey(path)
  }

  /** Takes over what another tree knows, under a path of this one. */
  graft(path: Path, other: Origins): void {
    this.setKey(path, other.#root)
    for (const [id, origin] of other.#keys) this.setKey([...path, ...(JSON.parse(id) as Path)], origin)
    for (const [id, origin] of other.#values) this.setValue([...path, ...(JSON.parse(id) as Path)], origin)
  }
}

/** `plugins.mydb.public.table[0]` */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => text + formatPart(part, text === ''), '')
}

function formatPart(part: string | number, first: boolean): string {
  if (typeof part === 'number') return `[${part}]`
  const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part)
  return first ? name : `.${name}`
}
