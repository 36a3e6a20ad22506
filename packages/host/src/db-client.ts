import { dbService } from '@easyrest/protocol'
import type { CallPort } from './call-port.js'
import type { DbClient } from './connection.js'

/** The calls of a database, by name. */
export const createDbClient = (port: CallPort): DbClient => ({
  tableGet: (request, options) => port.call('db', dbService.TableGet, 'TableGet', request, options),
  tableCreate: (request, options) => port.call('db', dbService.TableCreate, 'TableCreate', request, options),
  tableUpdate: (request, options) => port.call('db', dbService.TableUpdate, 'TableUpdate', request, options),
  tableDelete: (request, options) => port.call('db', dbService.TableDelete, 'TableDelete', request, options),
  getSchema: (request, options) => port.call('db', dbService.GetSchema, 'GetSchema', request, options),
  callFunction: (request, options) =>
    port.callCapability('functions', 'db', dbService.CallFunction, 'CallFunction', request, options),
  query: (request, options) => port.callCapability('query', 'db', dbService.Query, 'Query', request, options),
  ensureTable: (request, options) =>
    port.callCapability('ensure_table', 'db', dbService.EnsureTable, 'EnsureTable', request, options),
  tableBatch: (request, options) =>
    port.callCapability('batch', 'db', dbService.TableBatch, 'TableBatch', request, options),
  tableGetStream: (request, options) => port.stream('stream', 'db', dbService.TableGetStream, request, options),
})
