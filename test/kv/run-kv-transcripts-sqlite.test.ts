import { sqlite } from '../http/kinds/sqlite.js'
import { playKvTranscripts } from './play-kv-transcripts.js'

playKvTranscripts(sqlite)
