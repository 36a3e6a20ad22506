#!/usr/bin/env node
// A plugin that answers prepared bytes, so that only the hop is measured. Started by the host, with the SDK of the build
// that is measured.
import { bytesOf25Rows, bytesOfOneRow } from './rows.mjs'

const { serve } = await import(process.env.BENCH_SDK)

const answers = new Map([
  ['one', { rows: bytesOfOneRow, rowCount: 1 }],
  ['many', { rows: bytesOf25Rows, rowCount: 25 }],
])

const refuse = async () => {
  throw new Error('the bench only reads')
}

await serve({
  name: 'bench',
  version: '0.0.0',
  schemes: ['bench'],
  db: {
    capabilities: ['filter_tree'],
    initConnection: async () => ({ server: 'none' }),
    tableGet: async ({ table }) => answers.get(table),
    tableCreate: refuse,
    tableUpdate: refuse,
    tableDelete: refuse,
    getSchema: async () => ({ schema: {} }),
  },
})
