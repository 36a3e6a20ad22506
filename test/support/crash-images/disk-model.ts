import type { DiskEvent } from './disk-event.js'
import type { Random } from './random.js'

/** What is left of writes that no fsync had covered when the power went. */
export type Survival = 'none' | 'all' | 'first' | 'random' | 'torn'

export const survivals: readonly Survival[] = ['none', 'all', 'first', 'random', 'torn']

/** Files by name, as they are found after the power cut. */
export type DiskImage = ReadonlyMap<string, Buffer>

/**
 * A disk that keeps what was synced, and of everything else what chance leaves: any of the writes since the last fsync of
 * the file, whole or in sectors of 512 bytes; of the names made and removed since the last fsync of the directory, the
 * first few.
 */
export class DiskModel {
  private durableNames = new Map<string, Inode>()
  private names = new Map<string, Inode>()
  private pendingNames: { readonly index: number; readonly name: string; readonly inode: Inode | undefined }[] = []

  /** @param files that were there, durably, before the first event */
  constructor(files: DiskImage) {
    for (const [name, content] of files) this.names.set(name, new Inode(content))
    this.durableNames = new Map(this.names)
  }

  apply(event: DiskEvent, index: number): void {
    switch (event.kind) {
      case 'create':
        return this.setName(index, event.name, this.names.get(event.name) ?? new Inode(Buffer.alloc(0)))
      case 'unlink':
        return this.setName(index, event.name, undefined)
      case 'write':
      case 'truncate':
        // A file whose name is gone may be written on; nobody will see it.
        return this.names.get(event.name)?.add(index, event)
      case 'sync':
        return event.name === undefined ? this.syncNames(event.covers) : this.names.get(event.name)?.sync(event.covers)
      case 'acknowledge':
        return
    }
  }

  /** The disk as a power cut now may leave it. */
  cut(survival: Survival, random: Random): DiskImage {
    const names = new Map(this.durableNames)
    for (const { name, inode } of this.pendingNames.slice(0, survivors(this.pendingNames.length, survival, random))) {
      setOrDelete(names, name, inode)
    }
    return new Map([...names].map(([name, inode]) => [name, inode.cut(survival, random)]))
  }

  private setName(index: number, name: string, inode: Inode | undefined): void {
    if (this.names.get(name) === inode) return
    setOrDelete(this.names, name, inode)
    this.pendingNames.push({ index, name, inode })
  }

  private syncNames(covers: number): void {
    for (const { index, name, inode } of this.pendingNames)
      if (index < covers) setOrDelete(this.durableNames, name, inode)
    this.pendingNames = this.pendingNames.filter(({ index }) => index >= covers)
  }
}

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>

class Inode {
  private pending: { readonly index: number; readonly change: Change }[] = []

  constructor(private durable: Buffer) {}

  add(index: number, change: Change): void {
    this.pending.push({ index, change })
  }

  sync(covers: number): void {
    const content = new Content(this.durable)
    for (const { index, change } of this.pending) if (index < covers) content.apply(change)
    this.durable = content.bytes()
    this.pending = this.pending.filter(({ index }) => index >= covers)
  }

  cut(survival: Survival, random: Random): Buffer {
    const content = new Content(this.durable)
    const first = survivors(this.pending.length, survival, random)
    for (const [position, { change }] of this.pending.entries()) {
      if (survival === 'torn' && change.kind === 'write') content.tear(change, random)
      else if (survival === 'random' || survival === 'torn' ? random.chance() : position < first) content.apply(change)
    }
    return content.bytes()
  }
}

/** How many of so many changes survive, where they survive in order. */
const survivors = (count: number, survival: Survival, random: Random): number => {
  if (survival === 'none') return 0
  return survival === 'all' ? count : random.below(count + 1)
}

const setOrDelete = <Value>(map: Map<string, Value>, name: string, value: Value | undefined): void => {
  if (value === undefined) map.delete(name)
  else map.set(name, value)
}

/** The bytes of a file while they change. What was never written reads as zero. */
class Content {
  private buffer: Buffer
  private size: number

  constructor(bytes: Buffer) {
    this.buffer = Buffer.from(bytes)
    this.size = bytes.length
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') return this.resize(change.size)
    this.reserve(change.offset + change.data.length)
    change.data.copy(this.buffer, change.offset)
    this.size = Math.max(this.size, change.offset + change.data.length)
  }

  /** Some of the sectors that a write touches get its bytes, the others keep theirs. */
  tear({ name, offset, data }: Extract<Change, { kind: 'write' }>, random: Random): void {
    for (let start = 0; start < data.length; ) {
      const end = Math.min(data.length, (Math.floor((offset + start) / sectorBytes) + 1) * sectorBytes - offset)
      if (random.chance()) this.apply({ kind: 'write', name, offset: offset + start, data: data.subarray(start, end) })
      start = end
    }
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.size)
  }

  private resize(size: number): void {
    this.reserve(size)
    if (size < this.size) this.buffer.fill(0, size, this.size)
    this.size = size
  }

  private reserve(size: number): void {
    if (size <= this.buffer.length) return
    const larger = Buffer.alloc(Math.max(size, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.size)
    this.buffer = larger
  }
}

const sectorBytes = 512
