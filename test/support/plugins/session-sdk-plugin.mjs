// A plugin made with the SDK, for tests of its side of Plugin.Session: the table says what a call does.
import { setTimeout as delay } from 'node:timers/promises'
import { PluginError, serve } from '@easyrest/plugin'

const tableGet = async ({ table, context }, { signal }) => {
  const [name, argument] = table.split('_')
  if (name === 'big') return { rows: Buffer.alloc(Number(argument), '[]'), rowCount: 1 }
  if (name === 'echo') return { rows: context.ctx, rowCount: 1 }
  if (name === 'hang') return new Promise(() => {})
  // Answers a cancel itself, after the SDK has.
  if (name === 'late') await delay(5000, undefined, { signal }).catch(() => delay(Number(argument)))
  if (name === 'sleep') await delay(Number(argument))
  if (name === 'throws') throw new Error('a defect with a secret')
  if (name === 'refuses') {
    throw new PluginError('unique', 'm'.repeat(100_000), { details: { column: 5n, log: 'x'.repeat(100_000) } })
  }
  return { rows: Buffer.from('[]'), rowCount: 0 }
}

const db = {
  capabilities: [],
  initConnection: async () => ({ server: 'SDK 1' }),
  tableGet,
  tableCreate: async ({ rowCount }) => ({ affected: 1, rows: Buffer.alloc(rowCount, '[]'), rowCount: 1 }),
  tableUpdate: async () => ({ affected: 1 }),
  tableDelete: async () => ({ affected: 1 }),
  getSchema: async () => ({ schema: { tables: {}, views: {}, rpc: {} }, version: '1' }),
}

await serve({ name: 'sdk', version: '1.0.0', schemes: ['fixture'], db })
