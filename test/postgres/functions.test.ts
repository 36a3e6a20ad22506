import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { contextWith, OnPostgres, type PluginClient } from './on-postgres.js'

const schema = `
CREATE TABLE notes (id integer PRIMARY KEY, text text);
CREATE TYPE point3 AS (x integer, y numeric, z bytea);
CREATE FUNCTION twice (x integer) RETURNS integer LANGUAGE sql AS 'SELECT x * 2';
CREATE FUNCTION twice (x text) RETURNS text LANGUAGE sql AS 'SELECT x || x';
CREATE FUNCTION twice (x integer, times integer) RETURNS integer LANGUAGE sql AS 'SELECT x * 2 * times';
CREATE FUNCTION greet (name text DEFAULT 'you', mark text DEFAULT '!') RETURNS text LANGUAGE sql
  AS 'SELECT ''hello '' || name || mark';
CREATE FUNCTION divide (a integer, b integer, OUT quotient integer, OUT rest integer) LANGUAGE sql AS 'SELECT a / b, a % b';
CREATE FUNCTION one_out (a integer, OUT b integer) LANGUAGE sql AS 'SELECT a + 1';
CREATE FUNCTION total (VARIADIC numbers numeric[]) RETURNS numeric LANGUAGE sql AS 'SELECT sum(n) FROM unnest(numbers) n';
CREATE FUNCTION a_point () RETURNS point3 LANGUAGE sql AS 'SELECT 1, ''NaN''::numeric, ''\\x00ff''::bytea';
CREATE FUNCTION no_point () RETURNS point3 LANGUAGE sql AS 'SELECT NULL::point3';
CREATE FUNCTION length_of (point point3) RETURNS integer LANGUAGE sql AS 'SELECT (point).x';
CREATE FUNCTION points () RETURNS SETOF point3 LANGUAGE sql AS 'SELECT 1, 2.50, NULL::bytea UNION ALL SELECT 3, 4, ''a''';
CREATE FUNCTION words () RETURNS SETOF text LANGUAGE sql AS 'SELECT * FROM (VALUES (''a''), (NULL)) v';
CREATE FUNCTION nothing () RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO notes VALUES (100, ''made''); END';
CREATE FUNCTION unknown_rows () RETURNS SETOF record LANGUAGE sql AS 'SELECT 1, 2';
CREATE FUNCTION document (doc json) RETURNS json LANGUAGE sql AS 'SELECT doc';
CREATE FUNCTION fails () RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''secret''; END';
CREATE FUNCTION fails_as (code text) RETURNS integer LANGUAGE plpgsql
  AS 'BEGIN RAISE EXCEPTION ''secret'' USING ERRCODE = code; END';
CREATE FUNCTION any_of (x anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION big (x bigint) RETURNS bigint LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION raw (bytes bytea) RETURNS bytea LANGUAGE sql AS 'SELECT bytes';
CREATE PROCEDURE note (id integer, text text DEFAULT 'none') LANGUAGE sql AS 'INSERT INTO notes VALUES (note.id, note.text)';
CREATE PROCEDURE counted (INOUT n integer, OUT doubled numeric, tags text[]) LANGUAGE plpgsql
  AS 'BEGIN n := n + cardinality(tags); doubled := n * 2; END';
CREATE PROCEDURE ended () LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
CREATE SCHEMA hidden;
CREATE FUNCTION hidden.secret () RETURNS integer LANGUAGE sql AS 'SELECT 1';
`

describe('Functions of PostgreSQL (N6)', { skip: whyNoServer('postgres') }, () => {
  const postgres = new OnPostgres()
  let client: PluginClient
  before(async () => {
    client = await postgres.open(schema)
  })

  const answers: readonly (readonly [call: string, given: string, answer: string])[] = [
    ['twice', '{"x":21}', '42'],
    ['twice', '{"x":"ab"}', '"abab"'],
    ['twice', '{"times":3,"x":2}', '12'],
    ['greet', '{}', '"hello you!"'],
    ['greet', '{"mark":"?"}', '"hello you?"'],
    ['greet', '{"name":null}', 'null'],
    ['divide', '{"a":7,"b":2}', '{"quotient":3,"rest":1}'],
    ['one_out', '{"a":1}', '2'],
    ['total', '{"numbers":[1.10,2,3]}', '6.10'],
    ['total', '{}', 'null'],
    ['a_point', '{}', '{"x":1,"y":null,"z":"AP8="}'],
    ['no_point', '{}', 'null'],
    ['length_of', '{"point":{"x":5,"y":1,"z":null}}', '5'],
    ['points', '{}', '[{"x":1,"y":2.50,"z":null},{"x":3,"y":4,"z":"YQ=="}]'],
    ['words', '{}', '[{"words":"a"},{"words":null}]'],
    ['nothing', '{}', 'null'],
    ['document', '{"doc":{"n":12345678901234567890.10,"a":[ 1 ]}}', '{"n":12345678901234567890.10,"a":[ 1 ]}'],
    ['big', '{"x":"9223372036854775807"}', '9223372036854775807'],
    ['raw', '{"bytes":"AP8="}', '"AP8="'],
    ['note', '{"id":1}', 'null'],
    ['counted', '{"n":1,"tags":["a","b"]}', '{"n":3,"doubled":6}'],
  ]
  for (const [name, given, answer] of answers) {
    it(`${name}(${given}) answers ${answer}`, async () => assert.equal(await client.call(name, given), answer))
  }

  const refusals: readonly (readonly [call: string, given: string, reason: string, message: RegExp])[] = [
    ['twice', '{"y":1}', 'bad_value', /twice\(x integer\).*got y/],
    ['twice', '{}', 'bad_value', /got none/],
    ['big', '{"x":1.5}', 'bad_value', /x takes a whole number of 64 bits, not 1\.5/],
    ['length_of', '{"point":{"x":"no"}}', 'bad_value', /point takes a value of type point3/],
    [
      'length_of',
      '{"point":{"x":1,"why":2}}',
      'bad_value',
      /point has no member why; (expected some of x, y, z|did you mean y)/,
    ],
    ['divide', '{"a":1,"b":0}', 'bad_value', /a value/],
    ['unknown_rows', '{}', 'bad_value', /columns nobody declares/],
    ['fails', '{}', 'check', /^a function or trigger of the database refuses the request$/],
    ['fails_as', '{"code":"PT404"}', 'check', /^a function or trigger of the database refuses the request$/],
    ['fails_as', '{"code":"45000"}', 'check', /^a function or trigger of the database refuses the request$/],
    ['fails_as', '{"code":"P0002"}', 'check', /^a function or trigger of the database refuses the request$/],
    ['fails_as', '{"code":"23505"}', 'unique', /exists already/],
    ['any_of', '{"x":1}', 'unknown_function', /no function any_of/],
    ['ended', '{}', 'bad_value', /ends its transaction/],
    ['secret', '{}', 'unknown_function', /no function secret/],
    ['pg_sleep', '{"seconds":0}', 'unknown_function', /no function pg_sleep/],
  ]
  for (const [name, given, reason, message] of refusals) {
    it(`${name}(${given}) is ${reason}`, () => assert.rejects(client.call(name, given), { reason, message }))
  }

  it('takes JSON from the texts of a URL where the type does, and texts as texts', async () => {
    const fromUrl = (name: string, given: object) =>
      client.call(name, JSON.stringify(given), { context: contextWith({ readOnly: true }) })
    assert.equal(await fromUrl('document', { doc: '{"n":1.50}' }), '{"n":1.50}')
    assert.equal(await fromUrl('document', { doc: 'word' }), '"word"')
    assert.equal(await fromUrl('total', { numbers: '[1.10,2]' }), '3.10')
    assert.equal(await fromUrl('total', { numbers: '{1.10,2}' }), '3.10')
    assert.equal(await fromUrl('length_of', { point: '{"x":5}' }), '5')
    assert.equal(await fromUrl('length_of', { point: '(5,1,)' }), '5')
    assert.equal(await fromUrl('greet', { name: '[1]' }), '"hello [1]!"')
    await assert.rejects(fromUrl('total', { numbers: '5' }), { reason: 'bad_value' })
    assert.equal(await client.call('document', '{"doc":"{}"}'), '"{}"')
  })

  it('writes where it may, and not in a request that may only read', async () => {
    await assert.rejects(client.call('note', '{"id":7}', { context: contextWith({ readOnly: true }) }), {
      reason: 'permission',
    })
    await assert.rejects(client.call('nothing', '{}', { context: contextWith({ readOnly: true }) }), {
      reason: 'permission',
    })
    await client.call('note', '{"id":8,"text":"kept"}', { context: contextWith({ txEnd: 'rollback' }) })
    assert.equal((await client.sql('SELECT count(*) AS n FROM notes WHERE id IN (7, 8)'))[0]?.n, '0')
  })

  it('notices that a function has changed', async () => {
    await client.sql(
      `DROP FUNCTION one_out; CREATE FUNCTION one_out (a integer, b integer) RETURNS text LANGUAGE sql AS 'SELECT ''new'''`,
    )
    assert.equal(await client.call('one_out', '{"a":1,"b":2}'), '"new"')
  })

  it('describes them', async () => {
    const { schema: bytes } = await client.db.getSchema({ context: contextWith(), knownVersion: '' })
    const { rpc } = JSON.parse(Buffer.from(bytes).toString('utf8'))
    assert.deepEqual(rpc.greet, [
      { type: 'object', properties: { name: { type: 'string' }, mark: { type: 'string' } }, required: [] },
      { type: 'string' },
    ])
    assert.equal(rpc.points[1].type, 'array')
    assert.equal(rpc.secret, undefined)
  })
})
