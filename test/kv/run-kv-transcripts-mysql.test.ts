import { playKvTranscripts } from './play-kv-transcripts.js'
import { mysql } from './server-kind.js'

playKvTranscripts(mysql)
