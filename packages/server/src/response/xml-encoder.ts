import type { JsonRow, JsonValue } from '@easyrest/protocol'
import { parseRow } from './parse-row.js'
import type { RowEncoder } from './row-encoder.js'
import { splitRows } from './row-splitter.js'

/**
 * `<items>` with one `<item>` for each row and one element for each member, as the original wrote them, but escaped. NULL
 * is an empty element with the attribute `nil="true"`; objects and arrays are their JSON text.
 */
export class XmlEncoder implements RowEncoder {
  private empty = true

  encode(rows: Uint8Array): Uint8Array[] {
    const items: string[] = this.empty ? [opening] : []
    this.empty = false
    splitRows(rows, (start, end) => items.push(item(parseRow(rows.subarray(start, end)))))
    return [Buffer.from(items.join(''))]
  }

  end(): Uint8Array[] {
    return [Buffer.from(this.empty ? `${declaration}<items/>\n` : '</items>\n')]
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const opening = `${declaration}<items>\n`

const item = (row: JsonRow): string =>
  `  <item>\n${[...row].map(([name, value]) => `    ${element(name, value)}\n`).join('')}  </item>\n`

// A column may have a name that no element can have.
const element = (name: string, value: JsonValue): string => {
  const isName = /^[A-Za-z_][\w.-]*$/.test(name) && !/^xml/i.test(name)
  const [tag, attributes] = isName ? [name, ''] : ['member', ` name="${escapeXml(name)}"`]
  if (value.kind === 'null') return `<${tag}${attributes} nil="true"/>`
  return `<${tag}${attributes}>${escapeXml('text' in value ? value.text : value.kind)}</${tag}>`
}

// XML 1.0 has no way to write most control characters; a carriage return that is not escaped would become a line feed.
const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => entities[character]!)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}
