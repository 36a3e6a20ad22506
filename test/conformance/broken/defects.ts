import type { DBPlugin } from '@easyrest/plugin'
import { whereDefects } from './where-defects.js'

/** A database plugin with one thing about it changed for the worse. */
export type Defect = (db: DBPlugin) => DBPlugin

/** Id of the check that must notice -> defect. */
export const defects: Readonly<Record<string, Defect>> = { ...whereDefects }
