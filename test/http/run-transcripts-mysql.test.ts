import { mysql } from './kinds/mysql.js'
import { playTranscripts } from './play-transcripts.js'

playTranscripts(mysql)
