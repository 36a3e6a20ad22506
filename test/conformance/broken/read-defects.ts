import { castTypes } from '@easyrest/protocol'
import { hidden, mapRows, onGet, same, withoutDetails } from './altered.js'
import type { Defect } from './defects.js'

export const readDefects: Readonly<Record<string, Defect>> = {
  'select.all': onGet(
    same,
    mapRows(({ label: _label, ...row }) => row),
  ),
  'select.alias': onGet((request) => ({ ...request, select: request.select.toReversed() })),
  'select.value': onGet((request) => ({
    ...request,
    select: request.select.map((it) => (it.kind === 'value' ? { ...it, value: it.value.replaceAll("'", "''") } : it)),
  })),
  'select.unknown-column': withoutDetails,
  'select.aggregates': onGet((request) => ({
    ...request,
    select: request.select.map((it) => (it.kind === 'aggregate' ? { ...it, distinct: false } : it)),
  })),
  'select.aggregates-of-nothing': onGet(
    same,
    mapRows((row) => (row.rows === 0 ? { ...row, sum: 0 } : row)),
  ),
  'select.grouping': onGet(
    same,
    mapRows((row) => (row.size === null ? undefined : row)),
  ),
  'select.having': onGet((request) => ({ ...request, having: undefined })),
  'select.distinct': onGet((request) => ({ ...request, distinct: false })),
  'select.cast': onGet((request) => ({ ...request, select: request.select.map((it) => ({ ...it, cast: '' })) })),
  'select.cast-unknown': onGet((request) => ({
    ...request,
    select: request.select.map((it) => ({ ...it, cast: castTypes.find((name) => name === it.cast) ?? '' })),
  })),
  'select.missing-capability': hidden('distinct'),
  'order.numbers': onGet((request) => ({
    ...request,
    ordering: request.ordering.map((term) => ({
      ...term,
      nulls: term.nulls === 'unspecified' && term.direction !== 'desc' ? 'first' : term.nulls,
    })),
  })),
  'order.nulls': onGet((request) => ({
    ...request,
    ordering: request.ordering.map((term) => ({ ...term, nulls: 'unspecified' })),
  })),
  'order.several': onGet((request) => ({ ...request, ordering: request.ordering.slice(0, 1) })),
  'order.alias': onGet((request) => ({
    ...request,
    ordering: request.ordering.filter(({ column }) => column !== 'renamed'),
  })),
  'order.unknown-column': onGet((request) => ({ ...request, ordering: [] })),
  'page.limit': onGet((request) => ({
    ...request,
    page: request.page && { ...request.page, limit: request.page.limit || undefined },
  })),
  'page.count': onGet(same, (answer, { count }) =>
    count === 'exact' ? { ...answer, total: answer.rowCount } : answer,
  ),
  'page.last-key': onGet((request) => ({ ...request, lastKeyColumns: request.lastKeyColumns.toReversed() })),
  'page.single': onGet((request) => (request.expectSingle ? { ...request, page: { limit: 1, offset: 0 } } : request)),
}
