import { Reader, WireError } from './reader.js'
import { Writer } from './writer.js'

/**
 * Turns values of T into the protobuf bytes of one message and back. Own code instead of a protobuf library because
 * these bytes are the hop (docs/decisions/0003-wire-codec.md); a test compares every message with protobufjs.
 */
export interface Codec<T> {
  encode(value: T): Buffer
  /** Throws WireError. */
  decode(bytes: Uint8Array): T
  readonly write: (writer: Writer, value: T) => void
  readonly read: (reader: Reader) => T
  /** Field names and numbers, for the test that compares them with the .proto files. */
  readonly fields: Readonly<Record<string, number>>
}

/** One member of a message: how it is written, read, and what it is when it is absent. */
export interface Field<V> {
  readonly number: number
  readonly wireType: WireType
  readonly write: (writer: Writer, value: V) => void
  readonly read: (reader: Reader, previous: V, wireType: number) => V
  readonly absent: V
}

/** A message with the given members; the property names are the .proto names in camel case. */
export const message = <T extends object>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Codec<T> => {
  const entries = Object.entries(fields) as Entry[]
  const write = compileWrite(entries) as (writer: Writer, value: T) => void
  const read = compileRead(entries) as (reader: Reader) => T
  return {
    write,
    read,
    encode: (value) => {
      scratch.reset()
      write(scratch, value)
      return scratch.copy()
    },
    decode: (bytes) => read(new Reader(asBuffer(bytes))),
    fields: Object.fromEntries(entries.map(([name, field]) => [name, field.number])),
  }
}

type Entry = [name: string, field: Field<unknown>]

// Functions are made for each message from its table (no text of it comes from outside): a loop over the fields would
// look up every property by a name that changes, which costs more than the writing.

/** Writes the members in order, and calls a field only for a value that is not its absent one. */
const compileWrite = (entries: readonly Entry[]): unknown => {
  const statements = entries.map(([name, { absent }], index) => {
    const isList = Array.isArray(absent) || absent instanceof Uint8Array
    const present = isList ? `value.${name}.length !== 0` : `value.${name} !== absent${index}`
    return `if (${present}) field${index}.write(writer, value.${name})`
  })
  return compile(entries, `(writer, value) => { ${statements.join('; ')} }`)
}

/** Reads members in any order; the answer always has the same shape. */
const compileRead = (entries: readonly Entry[]): unknown => {
  const variables = entries.map((_entry, index) => `let value${index} = absent${index}`)
  const cases = entries.flatMap(([, { number, wireType }], index) =>
    wireTypeNumbers[wireType].map(
      (actual) =>
        `case ${(number << 3) | actual}: value${index} = field${index}.read(reader, value${index}, ${actual}); break`,
    ),
  )
  const members = entries.map(([name], index) => `${name}: value${index}`)
  return compile(
    entries,
    `(reader) => {
      ${variables.join('; ')}
      while (reader.position < reader.end) {
        const tag = reader.varint()
        switch (tag) { ${[...cases, 'default: reader.skip(tag & 7)'].join('; ')} }
      }
      return { ${members.join(', ')} }
    }`,
  )
}

const compile = (entries: readonly Entry[], body: string): unknown => {
  const names = entries.flatMap((_entry, index) => [`field${index}`, `absent${index}`])
  const values = entries.flatMap(([, field]) => [field, field.absent])
  return new Function(...names, `return ${body}`)(...values)
}

/** The same bytes under another shape, where the type reads better than the wire does. */
export const mapped = <T, W>(codec: Codec<W>, toWire: (value: T) => W, fromWire: (wire: W) => T): Codec<T> => ({
  write: (writer, value) => codec.write(writer, toWire(value)),
  read: (reader) => fromWire(codec.read(reader)),
  encode: (value) => codec.encode(toWire(value)),
  decode: (bytes) => fromWire(codec.decode(bytes)),
  fields: codec.fields,
})

export const string = (number: number): Field<string> => ({
  ...lengthDelimited(number),
  write: (writer, value) => {
    if (value === '') return
    writer.varint((number << 3) | 2)
    writer.string(value)
  },
  read: (reader) => reader.string(),
  absent: '',
})

export const bytes = (number: number): Field<Uint8Array> => ({
  ...lengthDelimited(number),
  write: (writer, value) => {
    if (value.length === 0) return
    writer.varint((number << 3) | 2)
    writer.raw(value)
  },
  read: (reader) => reader.raw(),
  absent: noBytes,
})

/** uint32 and uint64: unsigned numbers up to 2^53 - 1. */
export const uint = (number: number): Field<number> => ({
  ...varintField(number),
  write: (writer, value) => {
    if (value === 0) return
    writer.varint(number << 3)
    writer.varint(value)
  },
  read: (reader) => reader.varint(),
  absent: 0,
})

export const bool = (number: number): Field<boolean> => ({
  ...varintField(number),
  write: (writer, value) => {
    if (!value) return
    writer.varint(number << 3)
    writer.varint(1)
  },
  read: (reader) => reader.varint() !== 0,
  absent: false,
})

/** `names[n]` is the word for number n; the word for 0 is what an absent or unknown number reads as. */
export const enumeration = <N extends string>(number: number, names: readonly N[]): Field<N> => {
  const numbers = new Map(names.map((name, index) => [name, index]))
  return {
    ...varintField(number),
    write: (writer, value) => {
      const index = numbers.get(value)
      if (index === undefined) throw new WireError(`expected one of ${names.join(', ')}, got ${JSON.stringify(value)}`)
      if (index === 0) return
      writer.varint(number << 3)
      writer.varint(index)
    },
    read: (reader) => names[reader.varint()] ?? names[0]!,
    absent: names[0]!,
  }
}

/** An enumeration whose numbers have gaps. */
export const sparseEnumeration = <N extends string>(
  number: number,
  numbers: Readonly<Record<N, number>>,
  zero: NoInfer<N>,
): Field<N> => {
  const names = new Map(Object.entries<number>(numbers).map(([name, value]) => [value, name as N]))
  const plain = uint(number)
  return {
    ...varintField(number),
    write: (writer, value) => plain.write(writer, numbers[value]),
    read: (reader) => names.get(reader.varint()) ?? zero,
    absent: zero,
  }
}

/** proto3 `optional`: undefined is absent, and 0 and '' are not. */
export const optional = {
  string: (number: number): Field<string | undefined> => ({
    ...lengthDelimited(number),
    write: (writer, value) => {
      if (value === undefined) return
      writer.varint((number << 3) | 2)
      writer.string(value)
    },
    read: (reader) => reader.string(),
    absent: undefined,
  }),
  uint: (number: number): Field<number | undefined> => ({
    ...varintField(number),
    write: (writer, value) => {
      if (value === undefined) return
      writer.varint(number << 3)
      writer.varint(value)
    },
    read: (reader) => reader.varint(),
    absent: undefined,
  }),
}

/** The codec comes as a function so that messages may refer to each other, and to themselves. */
export const nested = <V>(number: number, codec: () => Codec<V>): Field<V | undefined> => ({
  ...lengthDelimited(number),
  write: (writer, value) => {
    if (value === undefined) return
    writer.varint((number << 3) | 2)
    writer.delimited(value, codec().write)
  },
  read: (reader) => reader.delimited(codec().read),
  absent: undefined,
})

export const repeated = {
  string: (number: number): Field<readonly string[]> => ({
    ...lengthDelimited(number),
    write: (writer, values) => {
      for (const value of values) {
        writer.varint((number << 3) | 2)
        writer.string(value)
      }
    },
    read: (reader, previous) => append(previous, reader.string()),
    absent: none,
  }),
  nested: <V>(number: number, codec: () => Codec<V>): Field<readonly V[]> => ({
    ...lengthDelimited(number),
    write: (writer, values) => {
      for (const value of values) {
        writer.varint((number << 3) | 2)
        writer.delimited(value, codec().write)
      }
    },
    read: (reader, previous) => append(previous, reader.delimited(codec().read)),
    absent: none,
  }),
  /** Packed when written; packed or not when read. */
  uint: (number: number): Field<readonly number[]> => ({
    number,
    wireType: 'packed',
    write: (writer, values) => {
      if (values.length === 0) return
      writer.varint((number << 3) | 2)
      writer.delimited(values, writeVarints)
    },
    read: (reader, previous, wireType) =>
      wireType === 0 ? append(previous, reader.varint()) : [...previous, ...reader.delimited(readVarints)],
    absent: none,
  }),
  enumeration: <N extends string>(number: number, names: readonly N[]): Field<readonly N[]> => {
    const plain = repeated.uint(number)
    return {
      number,
      wireType: 'packed',
      write: (writer, values) =>
        plain.write(
          writer,
          values.map((value) => names.indexOf(value)),
        ),
      read: (reader, previous, wireType) => [
        ...previous,
        ...plain.read(reader, none, wireType).map((index) => names[index] ?? names[0]!),
      ],
      absent: none,
    }
  },
}

export const stringMap = (number: number): Field<Readonly<Record<string, string>>> => ({
  ...lengthDelimited(number),
  write: (writer, values) => {
    for (const entry of Object.entries(values)) {
      writer.varint((number << 3) | 2)
      writer.delimited({ key: entry[0], value: entry[1] }, mapEntry.write)
    }
  },
  read: (reader, previous) => {
    const { key, value } = reader.delimited(mapEntry.read)
    return Object.assign(Object.create(null), previous, { [key]: value })
  },
  absent: Object.freeze(Object.create(null)),
})

// Encoding never pauses, so all messages are put together in one place, and each leaves as a copy of the right size.
const scratch = new Writer()

type WireType = 'varint' | 'delimited' | 'packed'

/** Packed numbers may also come one by one. */
const wireTypeNumbers: Readonly<Record<WireType, readonly number[]>> = { varint: [0], delimited: [2], packed: [2, 0] }

const lengthDelimited = (number: number) => ({ number, wireType: 'delimited' as const })

const varintField = (number: number) => ({ number, wireType: 'varint' as const })

const none: readonly never[] = Object.freeze([])

const noBytes: Uint8Array = Buffer.alloc(0)

// The shared empty list stands for "absent", so the first element makes a list of its own.
const append = <V>(previous: readonly V[], value: V): readonly V[] => {
  if (previous === none) return [value]
  ;(previous as V[]).push(value)
  return previous
}

const writeVarints = (writer: Writer, values: readonly number[]): void => {
  for (const value of values) writer.varint(value)
}

const readVarints = (reader: Reader): number[] => {
  const values: number[] = []
  while (reader.position < reader.end) values.push(reader.varint())
  return values
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const mapEntry = message<{ key: string; value: string }>({ key: string(1), value: string(2) })
