import { serve } from '@easyrest/plugin'
import { SqliteDB } from 'easyrest-plugin-sqlite'
import { defects } from './defects.js'

// The SQLite plugin with one defect, named by DEFECT: the conformance suite must notice each.

const name = process.env.DEFECT ?? ''
const defect = defects[name]
if (defect === undefined) throw new Error(`expected DEFECT to name a defect, got ${JSON.stringify(name)}`)
const db = new SqliteDB()
await serve({ name: 'broken', version: '0.0.0', schemes: ['sqlite'], db: defect(db) })
