import { postgres } from './kinds/postgres.js'
import { playTranscripts } from './play-transcripts.js'

playTranscripts(postgres)
