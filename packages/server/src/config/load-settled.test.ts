import assert from 'node:assert/strict'
import { utimesSync } from 'node:fs'
import { describe, test } from 'node:test'
import { loadConfig } from './load-config.js'
import { loadSettled } from './load-settled.js'
import { folder, write } from './test-support/folder.js'
import { secret } from './test-support/load.js'

const options = { file: 'settled.yaml', flags: {}, env: { ER_TOKEN_SECRET: secret }, cwd: folder }

describe('Loading a configuration that is being written', () => {
  test('waits for the rest', async () => {
    write('settled.yaml', 'port: 1\n')
    let loads = 0
    const { config } = await loadSettled(async () => {
      const loaded = await loadConfig(options)
      if (++loads === 1) write('settled.yaml', 'port: 1\nhost: 127.0.0.2\n')
      return loaded
    })
    assert.equal(config.http.host, '127.0.0.2')
  })

  test('does not wait for one that was written before', async () => {
    const file = write('settled.yaml', 'port: 1\n')
    utimesSync(file, 1, 1)
    let loads = 0
    await loadSettled(() => {
      loads++
      return loadConfig(options)
    })
    assert.equal(loads, 1)
  })
})
