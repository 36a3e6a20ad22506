import type { Comparison, Predicate, TableGetRequest } from '@easyrest/plugin'
import { onGet } from './altered.js'
import type { Defect } from './defects.js'

export const whereDefects: Readonly<Record<string, Defect>> = {
  'where.none': onGet((request) => ({ ...request, where: request.where ?? { kind: 'or', items: [] } })),
  'where.eq': comparison('eq', (it) => ({ ...it, operator: 'lte' })),
  'where.neq': comparison('neq', (it) => ({ ...it, operator: 'isdistinct' })),
  'where.order': comparison('gte', (it) => ({ ...it, operator: 'gt' })),
  'where.int64': comparison('eq', (it) => ({
    ...it,
    operands: it.operands.map((text) => (/^\d{16,}$/.test(text) ? String(Number(text)) : text)),
  })),
  'where.like': comparison('like', (it) => ({ ...it, operator: 'ilike' })),
  'where.ilike': comparison('ilike', (it) => ({ ...it, operator: 'like' })),
  'where.is': comparison('is', (it) => (it.operands[0] === 'not_null' ? { kind: 'and', items: [] } : it)),
  'where.is-boolean': comparison('is', (it) => ({
    ...it,
    operands: [it.operands[0] === 'unknown' ? 'false' : it.operands[0]!],
  })),
  'where.in': comparison('in', (it) => (it.operands.length === 0 ? { kind: 'and', items: [] } : it)),
  'where.between': comparison('between', ({ column, operands: [low = '', high = ''] }) => ({
    kind: 'and',
    items: [
      { kind: 'comparison', column, operator: 'gt', operands: [low] },
      { kind: 'comparison', column, operator: 'lt', operands: [high] },
    ],
  })),
  'where.isdistinct': comparison('isdistinct', (it) => ({ ...it, operator: 'neq' })),
  'where.and': predicates((it) => (it.kind === 'and' ? { ...it, items: it.items.slice(0, 1) } : it)),
  'where.or': predicates((it) => (it.kind === 'or' ? { ...it, kind: 'and' } : it)),
  'where.not': predicates((it) =>
    it.kind === 'not' && it.item.kind === 'comparison' && it.item.operator === 'eq'
      ? { ...it.item, operator: 'isdistinct' }
      : it,
  ),
  'where.tree': predicates((it) => (it.kind === 'not' && it.item.kind === 'or' ? it.item : it)),
  'where.operand': comparison('eq', (it) => ({
    ...it,
    operands: it.operands.map((text) => (/^-?[\d.]+$/.test(text) ? text : '0')),
  })),
  'where.injection': comparison('eq', (it) => (it.operands[0]?.includes("'") ? { kind: 'and', items: [] } : it)),
  'where.unknown-column': onGet((request) => ({ ...request, where: undefined })),
}

function comparison(operator: Comparison['operator'], change: (comparison: Comparison) => Predicate): Defect {
  return predicates((it) => (it.kind === 'comparison' && it.operator === operator ? change(it) : it))
}

/** Changes each part of the condition, the innermost first. */
export function predicates(change: (predicate: Predicate) => Predicate): Defect {
  const walk = (it: Predicate): Predicate => {
    if (it.kind === 'not') return change({ ...it, item: walk(it.item) })
    if (it.kind === 'comparison') return change(it)
    return change({ ...it, items: it.items.map(walk) })
  }
  return onGet((request): TableGetRequest => ({ ...request, where: request.where && walk(request.where) }))
}
