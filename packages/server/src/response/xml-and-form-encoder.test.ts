import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormEncoder } from './form-encoder.js'
import { XmlEncoder } from './xml-encoder.js'

const encode = (encoder: XmlEncoder | FormEncoder, ...chunks: string[]): string => {
  const pieces = chunks.flatMap((chunk) => [...encoder.encode(Buffer.from(chunk))])
  return Buffer.concat([...pieces, ...encoder.end()]).toString()
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

test('XML has an item for each row, over any number of chunks', () => {
  assert.equal(
    encode(new XmlEncoder(), '{"id":1,"name":null}', '{"id":2.50,"name":true}'),
    `${declaration}<items>\n  <item>\n    <id>1</id>\n    <name nil="true"/>\n  </item>\n  <item>\n    <id>2.50</id>\n    <name>true</name>\n  </item>\n</items>\n`,
  )
  assert.equal(encode(new XmlEncoder()), `${declaration}<items/>\n`)
})

test('XML escapes values, and names that no element can have', () => {
  assert.equal(
    encode(new XmlEncoder(), '{"a":"<b> & \\"c\\"\\r\\n\\u0000]]>","x y<":{"k":"&"},"xmlns":1}'),
    `${declaration}<items>\n  <item>\n    <a>&lt;b&gt; &amp; &quot;c&quot;&#13;\n\ufffd]]&gt;</a>\n    <member name="x y&lt;">{&quot;k&quot;:&quot;&amp;&quot;}</member>\n    <member name="xmlns">1</member>\n  </item>\n</items>\n`,
  )
})

test('a form holds one row; NULL is left out', () => {
  assert.equal(
    encode(new FormEncoder(), '{"a":"x y&é","b":null,"c":12345678901234567890,"d":[1]}'),
    'a=x+y%26%C3%A9&c=12345678901234567890&d=%5B1%5D',
  )
  assert.equal(encode(new FormEncoder()), '')
})

test('a form of more than one row is refused before anything is written', () => {
  assert.throws(() => encode(new FormEncoder(), '{"a":1}', '{"a":2}'), { code: 'not_acceptable' })
})
