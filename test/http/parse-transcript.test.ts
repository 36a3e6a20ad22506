import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTranscript } from './parse-transcript.js'
import { expectedOn, whyNotOn } from './transcript.js'

const sample = `# A comment.
@config C0
@header Authorization: Bearer {{token}}
@data INSERT INTO users (name) VALUES ('A');

### X1 Two exchanges
@data DELETE FROM users;
POST /api/t/users/
X-Custom: a

[{"name":"x"}]

< 201
Preference-Applied: /^tx=/
ETag: => tag
body: [{"id":1}]

GET /api/t/users/?q={{repeat a 3}}
HEAD /api/t/users/
Authorization:

< 400
problem: bad_json|bad_body "a word"

< 404 on sqlite: it has none
body: x

### X2 Left out
@data.sqlite SELECT 1;
@only sqlite: why
@skip comes later
GET /health

< 200
`

describe('A transcript', () => {
  it('is read with its head, cases and exchanges', () => {
    const { config, headers, data, cases } = parseTranscript('x.http', sample)
    assert.equal(config, 'C0')
    assert.deepEqual(headers, [['Authorization', 'Bearer {{token}}']])
    assert.equal(data.usual, "INSERT INTO users (name) VALUES ('A');")
    assert.deepEqual(
      cases.map(({ id, title, line, skip, data }) => ({ id, title, line, skip, data: data.usual })),
      [
        { id: 'X1', title: 'Two exchanges', line: 6, skip: undefined, data: 'DELETE FROM users;' },
        { id: 'X2', title: 'Left out', line: 28, skip: 'comes later', data: undefined },
      ],
    )
  })

  it('may differ on a kind of database', () => {
    const [first, second] = parseTranscript('x.http', sample).cases
    assert.deepEqual([...second!.data.byKind], [['sqlite', 'SELECT 1;']])
    assert.equal(whyNotOn('sqlite', second!), undefined)
    assert.equal(whyNotOn('other', second!), 'only sqlite: why')
    assert.equal(whyNotOn('other', first!), undefined)
    assert.equal(expectedOn('other', first!.exchanges[1]!).status, 400)
    assert.equal(expectedOn('sqlite', first!.exchanges[1]!).status, 404)
  })

  it('gives an exchange its requests, headers, body and answer', () => {
    const [create, read] = parseTranscript('x.http', sample).cases[0]!.exchanges
    assert.deepEqual(create, {
      line: 8,
      targets: [{ line: 8, method: 'POST', target: '/api/t/users/' }],
      headers: [['X-Custom', 'a']],
      body: '[{"name":"x"}]',
      expected: {
        line: 13,
        status: 201,
        headers: [
          { kind: 'matches', name: 'Preference-Applied', pattern: /^tx=/i },
          { kind: 'capture', name: 'ETag', variable: 'tag' },
        ],
        body: { kind: 'bytes', text: '[{"id":1}]' },
      },
      elsewhere: [],
    })
    assert.deepEqual(
      read?.targets.map(({ method, target }) => `${method} ${target}`),
      ['GET /api/t/users/?q={{repeat a 3}}', 'HEAD /api/t/users/'],
    )
    assert.deepEqual(read?.expected.body, { kind: 'problem', codes: ['bad_json', 'bad_body'], words: ['a word'] })
  })

  const mistakes: [what: string, text: string, message: RegExp][] = [
    ['no configuration', '### X1 T\nGET /\n\n< 200\n', /^x\.http:1: expected a line "@config/],
    ['an unknown directive', '@confg C0\n', /^x\.http:1: expected one of @config/],
    ['a case without a title', '@config C0\n\n### X1\nGET /\n', /^x\.http:3: expected a case/],
    ['a case without a request', '@config C0\n### X1 T\n', /^x\.http:2: case X1 has no request/],
    ['text where a request should be', '@config C0\n### X1 T\nget /\n', /^x\.http:3: expected a request line/],
    ['a request without an answer', '@config C0\n### X1 T\nGET /\n\n', /^x\.http:5: expected an answer/],
    [
      'an answer of an unknown kind of database',
      '@config C0\n### X1 T\nGET /\n\n< 200\n\n< 400 on oracle: why\n',
      /^x\.http:7: expected a kind of database \(sqlite/,
    ],
    ['a second answer', '@config C0\n### X1 T\nGET /\n\n< 200\n\n< 400\n', /^x\.http:7: expected "<kind>/],
    ['a restriction without a reason', '@config C0\n@only sqlite\n', /^x\.http:1: expected "<kind>/],
    ['a header without a colon', '@config C0\n### X1 T\nGET /\nbad\n', /^x\.http:4: expected "Name: value"/],
    [
      'an unreadable problem',
      '@config C0\n### X1 T\nGET /\n\n< 400\nproblem: Bad!\n',
      /^x\.http:6: expected "problem:/,
    ],
    [
      'an id used twice',
      '@config C0\n### X1 T\nGET /\n\n< 200\n### X1 T\nGET /\n\n< 200\n',
      /^x\.http:6: the id X1 is taken/,
    ],
  ]
  for (const [what, text, message] of mistakes) {
    it(`is refused with file and line for ${what}`, () => {
      assert.throws(() => parseTranscript('x.http', text), { name: 'TranscriptError', message })
    })
  }
})
