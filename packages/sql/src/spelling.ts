/** How a database spells names and placeholders. */
export interface Spelling {
  quoteIdentifier(name: string): string
  /** @param position of the parameter, from 1 */
  placeholder(position: number): string
}
