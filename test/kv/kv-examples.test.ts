import assert, { AssertionError } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { DatabaseSync } from '@photostructure/sqlite'
import { parseExamples } from '../http/examples/parse-examples.js'
import { playExample } from '../http/examples/play-example.js'
import { repositoryPath } from '../support/repository-path.js'
import { type KvServer, startKvServer } from './kv-server.js'

const document = { file: 'docs/kv.md', scope: 'kopano/kvs' }

describe('The examples of docs/kv.md', () => {
  const { blocks } = parseExamples(readFileSync(repositoryPath(document.file), 'utf8'))
  let kv: KvServer
  let database: InstanceType<typeof DatabaseSync>
  before(async () => {
    kv = await startKvServer()
    database = new DatabaseSync(kv.server.directory.file('docs.db'))
    database.exec('PRAGMA busy_timeout = 5000')
  })
  after(async () => {
    database?.close()
    await kv?.stop()
  })

  for (const { section, line, exchanges } of blocks) {
    it(`line ${line}: ${section}`, async () => {
      database.exec('DELETE FROM easyrest_kv')
      for (const exchange of exchanges) await playExample(kv.server.origin, exchange, document)
    })
  }

  it('would not pass with another status or value (control)', async () => {
    assert.ok(blocks.length > 10, String(blocks.length))
    const [, get] = blocks[0]!.exchanges
    for (const wrong of [
      { ...get!.answer, status: 201 },
      { ...get!.answer, body: get!.answer.body.replace('dark', 'x') },
    ]) {
      await assert.rejects(playExample(kv.server.origin, { ...get!, answer: wrong }, document), AssertionError)
    }
  })
})
