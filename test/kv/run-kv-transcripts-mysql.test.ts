import { mysql } from '../http/kinds/mysql.js'
import { playKvTranscripts } from './play-kv-transcripts.js'

playKvTranscripts(mysql)
