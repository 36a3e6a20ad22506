import {
  type ChangeAnswer,
  type CreateAnswer,
  type DBPlugin,
  PluginError,
  type RowsAnswer,
  type TableCreateRequest,
  type TableDeleteRequest,
  type TableGetRequest,
  type TableUpdateRequest,
} from '@easyrest/plugin'
import { pluginService } from '@easyrest/protocol'
import type { Defect } from './defects.js'

// Ways to change one thing about a database plugin: in what it understands (`ask`), or in what it answers.

/** `db` with some of its methods replaced; the others stay its own. */
export const altered = (db: DBPlugin, changes: Partial<DBPlugin>): DBPlugin =>
  new Proxy(db, {
    get: (target, name) => {
      if (name in changes) return changes[name as keyof DBPlugin]
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })

export const onGet =
  (
    ask: (request: TableGetRequest) => TableGetRequest,
    answer: (rows: RowsAnswer, request: TableGetRequest) => RowsAnswer = same,
  ): Defect =>
  (db) =>
    altered(db, { tableGet: async (request, call) => answer(await db.tableGet(ask(request), call), request) })

export const onCreate =
  (
    ask: (request: TableCreateRequest) => TableCreateRequest,
    answer: (created: CreateAnswer, request: TableCreateRequest) => CreateAnswer = same,
  ): Defect =>
  (db) =>
    altered(db, { tableCreate: async (request, call) => answer(await db.tableCreate(ask(request), call), request) })

export const onUpdate =
  (
    ask: (request: TableUpdateRequest) => TableUpdateRequest,
    answer: (changed: ChangeAnswer, request: TableUpdateRequest) => ChangeAnswer = same,
  ): Defect =>
  (db) =>
    altered(db, { tableUpdate: async (request, call) => answer(await db.tableUpdate(ask(request), call), request) })

export const onDelete =
  (
    ask: (request: TableDeleteRequest) => TableDeleteRequest,
    answer: (changed: ChangeAnswer, request: TableDeleteRequest) => ChangeAnswer = same,
  ): Defect =>
  (db) =>
    altered(db, { tableDelete: async (request, call) => answer(await db.tableDelete(ask(request), call), request) })

/** Changes what every refusal of the table calls says. */
export const onRefusal = (change: (error: PluginError) => PluginError): Defect => {
  const changing =
    <Request, Answer>(method: (request: Request, call: never) => Promise<Answer>) =>
    (request: Request, call: unknown): Promise<Answer> =>
      method(request, call as never).catch((error: unknown) => {
        throw error instanceof PluginError ? change(error) : error
      })
  return (db) =>
    altered(db, {
      tableGet: changing(db.tableGet.bind(db)),
      tableCreate: changing(db.tableCreate.bind(db)),
      tableUpdate: changing(db.tableUpdate.bind(db)),
      tableDelete: changing(db.tableDelete.bind(db)),
    })
}

export const withoutDetails: Defect = onRefusal(({ reason, message }) => new PluginError(reason, message))

export const renamed = (from: string, to: string): Defect =>
  onRefusal((error) => (error.reason === from ? new PluginError(to, error.message, { details: error.details }) : error))

/** The plugin has a capability and does not name it, so that the host takes what it answers for something else. */
export const hidden =
  (...capabilities: string[]): Defect =>
  (db) => {
    const { GetInfo } = pluginService
    const serialize = GetInfo.responseSerialize
    GetInfo.responseSerialize = (info) =>
      serialize({ ...info, capabilities: info.capabilities.filter((name) => !capabilities.includes(name)) })
    return db
  }

type Row = Record<string, unknown>

/** Changes the answered rows, which then have lost what JSON.parse loses. */
export const mapRows =
  (change: (row: Row) => Row | undefined) =>
  <Answer extends { rows?: unknown; rowCount?: number }>(answer: Answer): Answer => {
    const rows = JSON.parse(textOf(answer.rows) || '[]') as Row[]
    const changed = rows.map(change).filter((row) => row !== undefined)
    return { ...answer, rows: Buffer.from(JSON.stringify(changed)), rowCount: changed.length }
  }

/** Changes the text of the answered rows. */
export const mapText =
  (change: (text: string) => string) =>
  <Answer extends { rows?: unknown }>(answer: Answer): Answer => ({
    ...answer,
    rows: Buffer.from(change(textOf(answer.rows))),
  })

/** Changes the text of the rows to create. */
export const givenText = (change: (text: string) => string): Defect =>
  onCreate((request) => ({ ...request, rows: Buffer.from(change(textOf(request.rows))) }))

export const textOf = (rows: unknown): string => Buffer.from(rows as Uint8Array).toString('utf8')

/** Nothing is changed. */
export const same = <Value>(value: Value): Value => value
