import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { entityTag, rowsHashOf } from './entity-tag.js'
import { everyFormat } from './format.js'

const contractTag = (rows: Uint8Array) => createHash('sha256').update(rows).digest('base64url').slice(0, 22)

describe('entityTag', () => {
  it('is the tag of the contract for JSON, however large the rows are', async () => {
    for (const rows of [Buffer.from('[]'), Buffer.from('[{"a":1}]'), Buffer.alloc(1_000_000, '[1]')]) {
      assert.equal(await entityTag(rows, 'json', undefined), contractTag(rows))
    }
  })

  it('holds that tag in every form, and in no other text', async () => {
    const rows = Buffer.from('[{"a":1}]')
    for (const format of everyFormat) {
      for (const total of [undefined, 0, 12]) {
        assert.equal(rowsHashOf(await entityTag(rows, format, total)), contractTag(rows))
      }
    }
    for (const tag of ['', '*', 'a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(22)}-yaml`, `${'a'.repeat(22)}-`]) {
      assert.equal(rowsHashOf(tag), undefined, tag)
    }
  })
})
