/** The forms that rows are answered in, the preferred one first. */
export const formats = {
  json: { mediaTypes: ['application/json'], contentType: 'application/json; charset=utf-8' },
  ndjson: {
    mediaTypes: ['application/x-ndjson', 'application/ndjson'],
    contentType: 'application/x-ndjson; charset=utf-8',
  },
  csv: { mediaTypes: ['text/csv'], contentType: 'text/csv; charset=utf-8' },
  xml: { mediaTypes: ['application/xml', 'text/xml'], contentType: 'application/xml; charset=utf-8' },
  form: {
    mediaTypes: ['application/x-www-form-urlencoded'],
    contentType: 'application/x-www-form-urlencoded',
  },
  // The one row without the array around it; PostgREST's clients ask for it by this name.
  object: {
    mediaTypes: ['application/vnd.pgrst.object+json'],
    contentType: 'application/vnd.pgrst.object+json; charset=utf-8',
  },
} as const satisfies Record<string, { mediaTypes: readonly string[]; contentType: string }>

export type Format = keyof typeof formats

export const everyFormat = Object.keys(formats) as Format[]

/** Of any number of rows: these are streamed. */
export const isExport = (format: Format): boolean => format !== 'json' && format !== 'object'
