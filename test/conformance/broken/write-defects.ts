import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { PluginError, parseJsonRows, type RequestContext } from '@easyrest/plugin'
import { tableGetRequest } from '@easyrest/protocol'
import { altered, givenText, hidden, onCreate, onDelete, onUpdate, same, textOf, withoutDetails } from './altered.js'
import type { Defect } from './defects.js'

const ending = (context: RequestContext | undefined, txEnd: RequestContext['txEnd']) => context && { ...context, txEnd }
const committing = <Request extends { context: RequestContext | undefined }>(request: Request): Request => ({
  ...request,
  context: ending(request.context, 'commit'),
})
const writable = <Request extends { context: RequestContext | undefined }>(request: Request): Request => ({
  ...request,
  context: request.context && { ...request.context, readOnly: false },
})

/** Creates each row in a transaction of its own. */
const oneByOne: Defect = (db) =>
  altered(db, {
    tableCreate: async (request, call) => {
      const rows = JSON.parse(textOf(request.rows)) as object[]
      for (const row of rows) await db.tableCreate({ ...request, rows: Buffer.from(JSON.stringify([row])) }, call)
      return { affected: rows.length }
    },
  })

/** Compares the tag first and writes afterwards. */
const checkThenWrite: Defect = (db) =>
  altered(db, {
    tableUpdate: async (request, call) => {
      const { rows } = await db.tableGet(tableGetRequest(request.table, { ...request, select: [] }), call)
      const tag = createHash('sha256')
        .update(rows as Uint8Array)
        .digest('base64url')
        .slice(0, 22)
      await delay(5)
      if (!request.ifMatch.includes(tag)) throw new PluginError('precondition', 'changed')
      return db.tableUpdate({ ...request, ifMatch: [] }, call)
    },
  })

export const writeDefects: Readonly<Record<string, Defect>> = {
  'create.rows': onCreate(same, (answer) => ({ ...answer, rows: [] })),
  'create.none': onCreate((request) => ({ ...request, returning: 'unspecified' })),
  'create.select': onCreate((request) => ({ ...request, select: [] })),
  'create.keys': onCreate(same, ({ keys: _keys, ...answer }) => answer),
  'create.columns': onCreate((request) => ({ ...request, columns: [] })),
  'create.default': givenText((text) => text.replaceAll('}', ',"state":null}')),
  'create.missing-null': onCreate((request) => ({ ...request, missingDefault: true })),
  'create.missing-default': onCreate((request) => ({ ...request, missingDefault: false })),
  'create.all-or-none': oneByOne,
  'create.many': onCreate((request) => {
    const rows = parseJsonRows(request.rows)
    return rows.length < 1000 ? request : { ...request, rows: Buffer.from(firstRows(request.rows, 500)) }
  }),
  'create.unknown-column': withoutDetails,
  'create.missing-capability': hidden('upsert'),
  'create.generated': withoutDetails,
  'upsert.merge': onCreate(same, (answer) => ({ ...answer, inserted: answer.affected })),
  'upsert.merge-untouched': onCreate((request) =>
    request.columns.length === 0 ? request : { ...request, columns: [...request.columns, 'size'] },
  ),
  'upsert.ignore': onCreate(({ conflict, ...request }) => ({
    ...request,
    conflict: conflict && { ...conflict, action: 'merge' },
  })),
  'upsert.target': onCreate(({ conflict, ...request }) => ({
    ...request,
    conflict: conflict && { ...conflict, target: [] },
  })),
  'upsert.target-no-key': onCreate(({ conflict, ...request }) => ({
    ...request,
    conflict: conflict && { ...conflict, target: [] },
  })),
  'upsert.keep': onCreate(({ conflict, ...request }) => ({
    ...request,
    conflict: conflict && { ...conflict, keep: [] },
  })),
  'upsert.absent': onCreate((request) => ({
    ...request,
    conflict: request.conflict ?? { action: 'ignore', target: [], keep: [] },
  })),
  'upsert.dry-run': onCreate(committing),
  'upsert.overwrite-when': onCreate((request) => ({ ...request, overwriteWhen: undefined })),
  'update.where': onUpdate((request) => ({ ...request, where: undefined })),
  'update.all': onUpdate((request) => ({
    ...request,
    where: request.where ?? { kind: 'comparison', column: 'id', operator: 'lt', operands: ['8'] },
  })),
  'update.values': onUpdate((request) => ({
    ...request,
    data: Buffer.from(textOf(request.data).replace('null', '""')),
  })),
  'update.returning': onUpdate((request) => ({ ...request, select: [] })),
  'update.unknown-column': withoutDetails,
  'update.missing-capability': hidden('returning'),
  'update.no-rows': onUpdate(same, (answer) => ({ ...answer, affected: answer.affected || 1 })),
  'delete.where': onDelete((request) => ({ ...request, where: undefined })),
  'delete.all': onDelete(same, (answer, { where }) => (where ? answer : { ...answer, affected: 0 })),
  'delete.returning': onDelete((request) => ({ ...request, returning: 'none' })),
  'transaction.rollback-create': onCreate(committing),
  'transaction.rollback-update': onUpdate(committing),
  'transaction.rollback-delete': onDelete(committing),
  'transaction.rollback-refusal': (db) =>
    altered(db, {
      tableCreate: async (request, call) =>
        request.context?.txEnd === 'rollback' ? { affected: 1 } : db.tableCreate(request, call),
    }),
  'transaction.commit': onUpdate((request) => ({ ...request, context: ending(request.context, 'rollback') })),
  'transaction.read-only': onUpdate(writable),
  'transaction.max-affected': onUpdate((request) => ({ ...request, maxAffected: undefined })),
  'transaction.expect-single': onDelete((request) => ({ ...request, expectSingle: false })),
  'precondition.match': onUpdate((request) => ({ ...request, ifMatch: request.ifMatch.slice(0, 1) })),
  'precondition.no-match': onDelete((request) => ({ ...request, ifMatch: [] })),
  'precondition.any': onDelete((request) => ({ ...request, ifMatch: request.ifMatch.filter((tag) => tag !== '*') })),
  'precondition.select': onUpdate((request) => ({ ...request, ifMatchSelect: [] })),
  'precondition.timezone': onUpdate((request) => ({
    ...request,
    context: request.context && { ...request.context, timezone: 'UTC' },
  })),
  'precondition.race': checkThenWrite,
}

const firstRows = (rows: Uint8Array, count: number): string =>
  JSON.stringify((JSON.parse(textOf(rows)) as object[]).slice(0, count))
