/** `<first>-<last>/<total>`, with `*` for what is not known or does not exist (RFC 9110 section 14.4, unit items). */
export const contentRange = (offset: number, rowCount: number, total: number | undefined): string =>
  `${rowCount === 0 ? '*' : `${offset}-${offset + rowCount - 1}`}/${total ?? '*'}`
