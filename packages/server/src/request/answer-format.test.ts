import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { chooseFormat, requireJsonAnswer } from './answer-format.js'

describe('chooseFormat', () => {
  const accepted: [accept: string | undefined, format: string][] = [
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['*', 'json'],
    ['application/json', 'json'],
    ['Application/JSON ; Charset="UTF-8"', 'json'],
    ['application/*', 'json'],
    ['text/*', 'csv'],
    ['text/csv', 'csv'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    // H-05, G6
    ['text/csv;q=0.5, application/json', 'json'],
    ['text/csv;q=0.1, application/json', 'json'],
    ['text/csv, application/json;q=0.9', 'csv'],
    // A browser: what it names and can be produced.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'xml'],
    ['text/html, */*;q=0.8', 'json'],
    // The most specific range speaks for a type, whatever its place.
    ['application/json;q=0.1, */*', 'ndjson'],
    ['*/*, application/json;q=0, text/csv;q=0.2', 'ndjson'],
    ['text/*;q=0.3, text/csv;q=0.9, application/json;q=0.5', 'csv'],
    // Equal quality: what was named, then the header's order.
    ['*/*, text/csv', 'csv'],
    ['text/csv, application/json', 'csv'],
    ['application/json, text/csv', 'json'],
    ['text/plain, text/csv;charset=utf-8', 'csv'],
    ['text/csv;charset=latin1, application/json;q=0.1', 'json'],
    ['text/html, image/gif, *; q=.2, */*; q=.2', 'json'],
  ]
  for (const [accept, format] of accepted) {
    it(`answers ${format} to Accept: ${accept}`, () => assert.equal(chooseFormat(accept, undefined), format))
  }

  for (const accept of [
    'application/pdf',
    'text/csv;q=0',
    'text/csv;charset=latin1',
    '*/*;q=0',
    ',',
    'json',
    'text/csv;q=x',
  ]) {
    it(`answers 406 to Accept: ${accept}`, () => {
      assert.throws(() => chooseFormat(accept, undefined), isNotAcceptable)
    })
  }

  const parameters = {
    json: 'json',
    CSV: 'csv',
    ndjson: 'ndjson',
    Xml: 'xml',
    form: 'form',
    'text/csv': 'csv',
    'application/ndjson': 'ndjson',
  }
  for (const [parameter, format] of Object.entries(parameters)) {
    it(`lets format=${parameter} go before the header`, () => {
      assert.equal(chooseFormat('application/pdf', parameter), format)
    })
  }

  for (const parameter of ['yaml', 'html', '', 'text/*', '__proto__']) {
    it(`answers 406 to format=${parameter}`, () => {
      assert.throws(() => chooseFormat('*/*', parameter), isNotAcceptable)
    })
  }

  it('lists what can be produced', () => {
    assert.throws(() => chooseFormat('image/png', undefined), {
      message:
        'Expected one of application/json, application/x-ndjson, application/ndjson, text/csv, application/xml, text/xml, application/x-www-form-urlencoded, application/vnd.pgrst.object+json to be acceptable, got Accept: image/png',
    })
    assert.throws(() => requireJsonAnswer('text/csv', undefined), {
      message: 'Expected one of application/json to be acceptable, got Accept: text/csv',
    })
  })

  it('survives any header', () => {
    const parts = fc.constantFrom('text/csv', '*/*', 'q=', ';', ',', '0.5', '"', 'application/', '=', ' ', 'charset=')
    fc.assert(
      fc.property(fc.string({ unit: parts, maxLength: 40 }), (accept) => {
        try {
          chooseFormat(accept, undefined)
        } catch (error) {
          assert.ok(isNotAcceptable(error))
        }
      }),
    )
  })
})

const isNotAcceptable = (error: unknown): boolean => error instanceof ApiError && error.code === 'not_acceptable'
