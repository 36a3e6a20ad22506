import type { HttpResponse } from './http-response.js'
import { applied } from './table-response.js'

/** A JSON value that is no set of rows: what a function answers. @param appliedItems preferences that are in force */
export const valueResponse = (json: Uint8Array, appliedItems: readonly string[]): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept', ...applied(appliedItems) },
  body: json,
})
