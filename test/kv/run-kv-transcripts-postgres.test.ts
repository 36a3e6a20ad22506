import { postgres } from '../http/kinds/postgres.js'
import { playKvTranscripts } from './play-kv-transcripts.js'

playKvTranscripts(postgres)
