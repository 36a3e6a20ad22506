import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { configurations } from './configurations.js'
import { databaseKinds } from './database-kinds.js'
import { readTranscripts } from './read-transcripts.js'
import { whyNotOn } from './transcript.js'

test('every kind of database plays the transcripts, and has the tables for each that is for it', () => {
  for (const { name } of databaseKinds) {
    const program = `test/http/run-transcripts-${name}.test.ts`
    assert.ok(existsSync(repositoryPath(program)), `there is no ${program}`)
    for (const transcript of readTranscripts().filter((one) => whyNotOn(name, one) === undefined)) {
      for (const schema of configurations[transcript.config]?.schema ?? []) {
        const file = `test/http/schema/${schema}.${name}.sql`
        assert.ok(existsSync(repositoryPath(file)), `${transcript.file} needs ${file}`)
      }
    }
  }
})
