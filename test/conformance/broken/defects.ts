import type { DBPlugin } from '@easyrest/plugin'
import { batchDefects } from './batch-defects.js'
import { cacheDefects } from './cache-defects.js'
import { capabilityDefects } from './capability-defects.js'
import { contractDefects } from './contract-defects.js'
import { functionDefects } from './function-defects.js'
import { handshakeDefects } from './handshake-defects.js'
import { lifecycleDefects } from './lifecycle-defects.js'
import { loadDefects } from './load-defects.js'
import type { ProgramDefect } from './program-defect.js'
import { readDefects } from './read-defects.js'
import { sessionDefects } from './session-defects.js'
import { startDefects } from './start-defects.js'
import { streamDefects } from './stream-defects.js'
import { valueDefects } from './value-defects.js'
import { whereDefects } from './where-defects.js'
import { writeDefects } from './write-defects.js'

/** A database plugin with one thing about it changed for the worse. */
export type Defect = (db: DBPlugin) => DBPlugin

/** Id of the check that must notice -> defect, of the database or of something else about the program. */
export const defects: Readonly<Record<string, Defect | ProgramDefect>> = {
  ...handshakeDefects,
  ...startDefects,
  ...whereDefects,
  ...readDefects,
  ...valueDefects,
  ...writeDefects,
  ...batchDefects,
  ...contractDefects,
  ...capabilityDefects,
  ...functionDefects,
  ...streamDefects,
  ...sessionDefects,
  ...loadDefects,
  ...lifecycleDefects,
  ...cacheDefects,
}
