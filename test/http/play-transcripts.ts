import { readFile } from 'node:fs/promises'
import { METHODS } from 'node:http'
import { basename } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { until } from '../support/until.js'
import { type Configuration, configurations, connectionTo } from './configurations.js'
import type { DatabaseKind, DatabaseMaker, TestDatabase } from './database-kind.js'
import { playCase } from './play-case.js'
import { readTranscripts } from './read-transcripts.js'
import { type Statements, type Transcript, type TranscriptCase, whyNotOn } from './transcript.js'

/** A part of a file name or the beginning of an id, to play a few: EASYREST_TRANSCRIPTS=where, EASYREST_TRANSCRIPTS=D21. */
const wanted = process.env.EASYREST_TRANSCRIPTS ?? ''

/**
 * Plays every transcript on databases of this kind: one server for a file, fresh data for every case.
 * @param files only these, by their names
 */
export function playTranscripts(kind: DatabaseKind, files?: readonly string[]): void {
  const missing = kind.missing?.()
  describe(`Transcripts on ${kind.name}`, { skip: missing ?? false }, () => {
    let maker: DatabaseMaker
    before(async () => {
      maker = await kind.open()
    })
    after(() => maker?.close())
    for (const transcript of readTranscripts()) {
      const name = basename(transcript.file)
      if (files?.includes(name) === false) continue
      const cases = transcript.cases.filter(({ id }) => name.includes(wanted) || id.startsWith(wanted))
      if (cases.length > 0) play({ ...transcript, cases }, kind, () => maker)
    }
  })
}

function play(transcript: Transcript, kind: DatabaseKind, maker: () => DatabaseMaker): void {
  describe(transcript.file, { skip: whyNotOn(kind.name, transcript) ?? false }, () => {
    const configuration = configurationOf(transcript)
    let database: TestDatabase
    let server: TestServer
    let connections = 0

    before(async () => {
      server = await startServer({
        config: async (directory) => {
          database = await createDatabase(maker(), kind, configuration, directory)
          const config = configuration.config(connectionTo(kind.plugin(), database.uri), maker().cache)
          connections = Object.keys((config as { plugins: object }).plugins).length
          return config
        },
      })
      // On a busy machine the last of several plugins may take longer than a request waits.
      await until(() => server.log().match(/\bready: /g)?.length === connections, { what: 'every plugin to be ready' })
    })
    after(async () => {
      await server?.stop()
      await database?.close()
    })

    for (const transcriptCase of transcript.cases) {
      const { id, title, data } = transcriptCase
      it(`${id} ${title}`, { skip: reasonToSkip(transcriptCase, kind) }, async () => {
        await database.reset(statementsFor(kind, data) ?? statementsFor(kind, transcript.data) ?? '')
        await playCase(transcript, transcriptCase, kind.name, server.origin, configuration.claims)
      })
    }
  })
}

async function createDatabase(
  maker: DatabaseMaker,
  kind: DatabaseKind,
  { schema }: Configuration,
  directory: TemporaryDirectory,
): Promise<TestDatabase> {
  const files = schema.map((name) => repositoryPath('test/http/schema', `${name}.${kind.name}.sql`))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return maker.create(texts.join('\n'), directory)
}

const statementsFor = (kind: DatabaseKind, { usual, byKind }: Statements): string | undefined =>
  byKind.get(kind.name) ?? usual

// Node of the floor refuses QUERY before the server sees it.
function reasonToSkip(transcriptCase: TranscriptCase, kind: DatabaseKind): string | false {
  const { skip, exchanges } = transcriptCase
  const methods = exchanges.flatMap(({ targets }) => targets.map(({ method }) => method))
  const unknown = methods.find((method) => method === 'QUERY' && !METHODS.includes(method))
  const parser = unknown && `the HTTP parser of Node ${process.version} does not know ${unknown}`
  return skip ?? whyNotOn(kind.name, transcriptCase) ?? parser ?? false
}

function configurationOf({ file, config }: Transcript): Configuration {
  const configuration = configurations[config]
  if (configuration === undefined) throw new Error(`${file}: there is no configuration "${config}"`)
  return configuration
}
