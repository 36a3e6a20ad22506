import { readdirSync, readFileSync } from 'node:fs'
import { METHODS } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'
import { type Configuration, configurations, connectionTo } from './configurations.js'
import { parseTranscript } from './parse-transcript.js'
import { playCase } from './play-case.js'
import { createTestDatabase, type TestDatabase } from './test-database.js'
import type { Transcript, TranscriptCase } from './transcript.js'

const folder = 'test/http/transcripts'
/** A part of a file name or the beginning of an id, to play a few: EASYREST_TRANSCRIPTS=where, EASYREST_TRANSCRIPTS=D21. */
const wanted = process.env.EASYREST_TRANSCRIPTS ?? ''

for (const name of readdirSync(repositoryPath(folder)).sort()) {
  if (!name.endsWith('.http')) continue
  const transcript = parseTranscript(`${folder}/${name}`, readFileSync(repositoryPath(folder, name), 'utf8'))
  const cases = transcript.cases.filter(({ id }) => name.includes(wanted) || id.startsWith(wanted))
  if (cases.length > 0) play({ ...transcript, cases })
}

/** One server for a file, fresh data for every case. */
function play(transcript: Transcript): void {
  describe(transcript.file, () => {
    const configuration = configurationOf(transcript)
    let database: TestDatabase
    let server: TestServer
    let connections = 0

    before(async () => {
      server = await startServer({
        config: async (directory) => {
          database = await createTestDatabase(configuration.schema, directory)
          const config = configuration.config(connectionTo(database.uri))
          connections = Object.keys((config as { plugins: object }).plugins).length
          return config
        },
      })
      // On a busy machine the last of several plugins may take longer than a request waits.
      await until(() => server.log().match(/\bready: /g)?.length === connections, { what: 'every plugin to be ready' })
    })
    after(async () => {
      await database?.close()
      await server?.stop()
    })

    for (const transcriptCase of transcript.cases) {
      const { id, title, data } = transcriptCase
      it(`${id} ${title}`, { skip: reasonToSkip(transcriptCase) }, async () => {
        await database.reset(data ?? transcript.data)
        await playCase(transcript, transcriptCase, server.origin, configuration.claims)
      })
    }
  })
}

// Node of the floor refuses QUERY before the server sees it.
function reasonToSkip({ skip, exchanges }: TranscriptCase): string | false {
  const methods = exchanges.flatMap(({ targets }) => targets.map(({ method }) => method))
  const unknown = methods.find((method) => method === 'QUERY' && !METHODS.includes(method))
  return skip ?? (unknown !== undefined && `the HTTP parser of Node ${process.version} does not know ${unknown}`)
}

function configurationOf({ file, config }: Transcript): Configuration {
  const configuration = configurations[config]
  if (configuration === undefined) throw new Error(`${file}: there is no configuration "${config}"`)
  return configuration
}
