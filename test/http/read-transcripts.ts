import { readdirSync, readFileSync } from 'node:fs'
import { repositoryPath } from '../support/repository-path.js'
import { parseTranscript } from './parse-transcript.js'
import type { Transcript } from './transcript.js'

const folder = 'test/http/transcripts'

/** Every transcript, by the name of its file. Throws TranscriptError. */
export function readTranscripts(): Transcript[] {
  return readdirSync(repositoryPath(folder))
    .filter((name) => name.endsWith('.http'))
    .sort()
    .map((name) => parseTranscript(`${folder}/${name}`, readFileSync(repositoryPath(folder, name), 'utf8')))
}
