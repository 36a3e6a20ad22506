/** A part of a Swagger 2.0 document: JSON. */
export type Swagger = Readonly<Record<string, unknown>>

/** A reference into the same document. */
export const reference = (section: 'definitions' | 'parameters' | 'responses', name: string): Swagger => ({
  $ref: `#/${section}/${name}`,
})

/** Names such as __proto__ are data. */
export const swaggerOf = (entries: Iterable<readonly [string, unknown]>): Swagger => Object.fromEntries(entries)
