/** The fields of an ErrorResponse that say something (postgresql.org/docs, "Error and Notice Message Fields"). */
export interface ErrorFields {
  readonly severity: string
  /** SQLSTATE. */
  readonly code: string
  readonly message: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined
  readonly dataType: string | undefined
  readonly constraint: string | undefined
}

export const readErrorFields = (bytes: Buffer, start: number): ErrorFields => {
  const fields = new Map<string, string>()
  for (let offset = start; bytes[offset] !== 0; ) {
    const end = bytes.indexOf(0, offset + 1)
    fields.set(String.fromCharCode(bytes[offset]!), bytes.toString('utf8', offset + 1, end))
    offset = end + 1
  }
  return {
    // V is S without translation.
    severity: fields.get('V') ?? fields.get('S') ?? 'ERROR',
    code: fields.get('C') ?? '',
    message: fields.get('M') ?? '',
    detail: fields.get('D'),
    hint: fields.get('H'),
    schema: fields.get('s'),
    table: fields.get('t'),
    column: fields.get('c'),
    dataType: fields.get('d'),
    constraint: fields.get('n'),
  }
}

/** The number at the end of a command's tag, `INSERT 0 5`; 0 when there is none. */
export const readAffected = (bytes: Buffer, start: number, end: number): number => {
  const tag = bytes.toString('latin1', start, end - 1)
  return Number(/ (\d+)$/.exec(tag)?.[1] ?? 0)
}

export const readColumnNames = (bytes: Buffer, start: number): string[] => {
  const names: string[] = []
  let offset = start + 2
  for (let left = bytes.readUInt16BE(start); left > 0; left--) {
    const end = bytes.indexOf(0, offset)
    names.push(bytes.toString('utf8', offset, end))
    offset = end + 1 + descriptionLength
  }
  return names
}

/** Numbers behind the name of a column: table, attribute, type, size, modifier and format. */
const descriptionLength = 18

/** A row as texts; null is NULL. */
export const readTextRow = (bytes: Buffer, start: number): (string | null)[] => {
  const row: (string | null)[] = []
  let offset = start + 2
  for (let left = bytes.readUInt16BE(start); left > 0; left--) {
    const length = bytes.readInt32BE(offset)
    offset += 4
    row.push(length < 0 ? null : bytes.toString('utf8', offset, offset + length))
    if (length > 0) offset += length
  }
  return row
}

/** What a step does with its rows when it takes them as texts. */
export const takeText =
  (take: (row: readonly (string | null)[]) => void) =>
  (bytes: Buffer, start: number): void =>
    take(readTextRow(bytes, start))
