/** Writes the rows of one answer in one format. */
export interface RowEncoder {
  /** @param rows whole JSON objects separated by commas, at least one. Throws ApiError plugin_error when they are not */
  encode(rows: Uint8Array): Iterable<Uint8Array>
  /** What stands behind the last row. */
  end(): Iterable<Uint8Array>
}
