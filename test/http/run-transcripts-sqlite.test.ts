import { sqlite } from './kinds/sqlite.js'
import { playTranscripts } from './play-transcripts.js'

playTranscripts(sqlite)
