import { playKvTranscripts } from './play-kv-transcripts.js'
import { postgres } from './server-kind.js'

playKvTranscripts(postgres)
