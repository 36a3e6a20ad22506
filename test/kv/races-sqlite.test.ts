import { startKvServer } from './kv-server.js'
import { checkRaces } from './race-checks.js'

checkRaces('sqlite', () => startKvServer())
