import type { DiskEvent } from './disk-event.js'

export interface TraceOptions {
  /** Only what happens to files in it is an event. */
  readonly directory: string
  /** The number of the batch that a message to the client acknowledges. */
  readonly acknowledged: (message: Buffer) => number | undefined
}

/**
 * The output of `strace -f -y -xx` as events. A write counts from its beginning, an fsync from its end, where strace
 * says that another thread came between. Throws on a call that it does not know.
 */
export function parseTrace(text: string, options: TraceOptions): DiskEvent[] {
  const parser = new TraceParser(options)
  for (const line of text.split('\n')) parser.read(line)
  return parser.events
}

/** The system calls that matter, for `strace -e trace=`. */
export const tracedCalls =
  'open,openat,openat2,creat,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,truncate,ftruncate,fallocate,' +
  'fsync,fdatasync,sync_file_range,unlink,unlinkat,rename,renameat,renameat2,link,linkat,copy_file_range,sendfile'

class TraceParser {
  readonly events: DiskEvent[] = []
  private readonly names = new Set<string>()
  private readonly acknowledgedBatches = new Set<number>()
  /** Calls that have begun and not ended, by thread: their text so far, and how many events there were. */
  private readonly unfinished = new Map<string, { readonly text: string; readonly began: number }>()

  constructor(private readonly options: TraceOptions) {}

  read(line: string): void {
    const [, thread, text] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (thread === undefined || text === undefined) return
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(text)
    if (resumed !== null) return this.readEnd(thread, resumed[1]!)
    const begun = /^(.*) <unfinished \.\.\.>$/s.exec(text)
    if (begun === null) return this.readCall(text, this.events.length)
    this.unfinished.set(thread, { text: begun[1]!, began: this.events.length })
    if (!isSync(begun[1]!)) this.readCall(`${begun[1]}) = 0`, this.events.length)
  }

  private readEnd(thread: string, rest: string): void {
    const call = this.unfinished.get(thread)
    this.unfinished.delete(thread)
    if (call !== undefined && isSync(call.text)) this.readCall(call.text + rest, call.began)
  }

  private readCall(text: string, began: number): void {
    const [, name, list, result] = /^(\w+)\((.*)\)\s+= (-?\w+|\?)/s.exec(text) ?? []
    if (name === undefined || list === undefined || result === undefined || result.startsWith('-')) return
    if (this.isMessage(list)) return this.acknowledge(list)
    const file = this.fileOf(list)
    if (file === undefined || file.endsWith('-shm')) return
    this.add(name, list, file, began)
  }

  private add(call: string, list: string, name: string, began: number): void {
    const [, ...rest] = list.split(', ')
    switch (call) {
      case 'pwrite64':
        return void this.events.push({ kind: 'write', name, data: decodeText(rest[0]!), offset: Number(rest[2]) })
      case 'ftruncate':
        return void this.events.push({ kind: 'truncate', name, size: Number(rest[0]) })
      case 'fsync':
      case 'fdatasync':
        return void this.events.push({ kind: 'sync', name: name === '' ? undefined : name, covers: began })
      case 'unlink':
        this.names.delete(name)
        return void this.events.push({ kind: 'unlink', name })
      case 'openat':
        return this.open(name, list)
      default:
        throw new Error(`${call} on ${name}: expected a call that the simulation knows; teach it to parseTrace`)
    }
  }

  private open(name: string, list: string): void {
    if (list.includes('O_TRUNC')) throw new Error(`O_TRUNC on ${name}: the simulation does not know it`)
    if (!list.includes('O_CREAT') || this.names.has(name)) return
    this.names.add(name)
    this.events.push({ kind: 'create', name })
  }

  private isMessage(list: string): boolean {
    return /^\d+<(socket|pipe|UNIX|TCP|\\x73\\x6f\\x63\\x6b\\x65\\x74|\\x70\\x69\\x70\\x65)/.test(list)
  }

  private acknowledge(list: string): void {
    for (const [text] of list.matchAll(/(?:\\x[0-9a-f]{2})+/g)) {
      const batch = this.options.acknowledged(decodeText(text))
      if (batch === undefined || this.acknowledgedBatches.has(batch)) continue
      this.acknowledgedBatches.add(batch)
      this.events.push({ kind: 'acknowledge', batch })
    }
  }

  /** The name of the file in our directory that a call is about; '' is the directory itself. */
  private fileOf(list: string): string | undefined {
    const argument = /^AT_FDCWD/.test(list) ? list.slice(list.indexOf(', ') + 2) : list
    const [, encoded] = /^(?:\d+<|")((?:\\x[0-9a-f]{2})+)[>"]/.exec(argument) ?? []
    if (encoded === undefined) return undefined
    const path = decodeText(encoded).toString('utf8')
    if (path === this.options.directory) return ''
    const prefix = `${this.options.directory}/`
    return path.startsWith(prefix) && !path.slice(prefix.length).includes('/') ? path.slice(prefix.length) : undefined
  }
}

const isSync = (text: string): boolean => /^(fsync|fdatasync)\(/.test(text)

const decodeText = (text: string): Buffer => Buffer.from(text.replace(/[^0-9a-f\\x]|\\x|"/g, ''), 'hex')
