import fc from 'fast-check'

/** A JSON array of objects with white space wherever JSON allows it, and what JSON.parse makes of it. */
export const oddlySpacedRows = fc
  .record({
    rows: fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true }), {
      maxLength: 8,
    }),
    spaces: fc.array(fc.constantFrom('', '', ' ', '\n', '\r\n', '\t'), { minLength: 1, maxLength: 20 }),
  })
  .map(({ rows, spaces }) => {
    const array = spaced(JSON.stringify(rows), spaces)
    return { array, values: JSON.parse(array) as object[] }
  })

/** One of the spaces, in turn, around every structural character that is not in a string. */
const spaced = (json: string, spaces: readonly string[]): string => {
  let turn = 0
  const space = (): string => spaces[turn++ % spaces.length]!
  return json.replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) =>
    token.startsWith('"') ? token : `${space()}${token}${space()}`,
  )
}
