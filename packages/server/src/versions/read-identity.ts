import { createHash } from 'node:crypto'
import { dbService, redactUri } from '@easyrest/protocol'
import type { TableGet } from '../request/table-get.js'

/**
 * A name for everything that the rows of a read depend on, beside the rows of its tables: the database, who asks and with
 * which claims, headers and preferences, and the whole request. It tells nothing about them.
 * @param uri of the connection
 */
export const readIdentity = (connection: string, uri: string, { request, format }: TableGet): string =>
  createHash('sha256')
    .update(JSON.stringify([connection, redactUri(uri), format]))
    .update(dbService.TableGet.requestSerialize(request))
    .digest('base64url')
