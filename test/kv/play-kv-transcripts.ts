import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { DatabaseKind, DatabaseMaker, TestDatabase } from '../http/database-kind.js'
import { parseTranscript } from '../http/parse-transcript.js'
import { playCase } from '../http/play-case.js'
import { type Transcript, whyNotOn } from '../http/transcript.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { kvConfigurations } from './kv-configurations.js'

/** A part of a file name or the beginning of an id, to play a few: EASYREST_TRANSCRIPTS=batch, EASYREST_TRANSCRIPTS=K08. */
const wanted = process.env.EASYREST_TRANSCRIPTS ?? ''

const folder = 'test/kv/transcripts'

/** Made by the server under test. */
const kvTable = 'easyrest_kv'
/** What empties a database needs something to empty. */
const anyTable = 'CREATE TABLE notes (id INTEGER PRIMARY KEY)'

export const readKvTranscripts = (): Transcript[] =>
  readdirSync(repositoryPath(folder))
    .filter((name) => name.endsWith('.http'))
    .sort()
    .map((name) => parseTranscript(`${folder}/${name}`, readFileSync(repositoryPath(folder, name), 'utf8')))

export interface KvPlay {
  /** Why a file is not played; undefined: it is. */
  readonly whyNot?: (file: string) => string | undefined
  /** Empties the store instead of the database's own way. */
  readonly reset?: (server: TestServer) => Promise<unknown>
}

/** Plays every transcript of the key/value API on databases of this kind: one server for a file, an empty store for a case. */
export function playKvTranscripts(kind: DatabaseKind, { whyNot, reset }: KvPlay = {}): void {
  describe(`Key/value transcripts on ${kind.name}`, { skip: kind.missing?.() ?? false }, () => {
    let maker: DatabaseMaker
    before(async () => {
      maker = await kind.open()
    })
    after(() => maker?.close())
    for (const transcript of readKvTranscripts()) {
      const name = basename(transcript.file)
      const cases = transcript.cases.filter(({ id }) => name.includes(wanted) || id.startsWith(wanted))
      if (cases.length === 0) continue
      describe(transcript.file, { skip: whyNot?.(name) ?? whyNotOn(kind.name, transcript) ?? false }, () =>
        play({ ...transcript, cases }, kind, () => maker, reset),
      )
    }
  })
}

function play(transcript: Transcript, kind: DatabaseKind, maker: () => DatabaseMaker, reset: KvPlay['reset']): void {
  const { claims, config } = kvConfigurations[transcript.config]!
  let database: TestDatabase
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        database = await maker().create(anyTable, directory)
        const docs = { uri: database.uri, path: kind.plugin() }
        return { ...config, kv: { connection: 'docs', ...config.kv }, plugins: { docs } }
      },
    })
    await server.logLine(/key\/value API is ready/, 15_000)
  })
  after(async () => {
    await server?.stop()
    await database?.close()
  })

  for (const transcriptCase of transcript.cases) {
    const skip = transcriptCase.skip ?? whyNotOn(kind.name, transcriptCase) ?? false
    it(`${transcriptCase.id} ${transcriptCase.title}`, { skip }, async () => {
      await (reset === undefined ? database.reset(`DELETE FROM ${kvTable}`) : reset(server))
      await playCase(transcript, transcriptCase, kind.name, server.origin, claims)
    })
  }
}
