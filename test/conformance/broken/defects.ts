import type { DBPlugin } from '@easyrest/plugin'
import { capabilityDefects } from './capability-defects.js'
import { contractDefects } from './contract-defects.js'
import { readDefects } from './read-defects.js'
import { valueDefects } from './value-defects.js'
import { whereDefects } from './where-defects.js'
import { writeDefects } from './write-defects.js'

/** A database plugin with one thing about it changed for the worse. */
export type Defect = (db: DBPlugin) => DBPlugin

/** Id of the check that must notice -> defect. */
export const defects: Readonly<Record<string, Defect>> = {
  ...whereDefects,
  ...readDefects,
  ...valueDefects,
  ...writeDefects,
  ...contractDefects,
  ...capabilityDefects,
}
