import {
  type CallFunctionRequest,
  type Capability,
  PluginError,
  type Predicate,
  type TableCreateRequest,
  type TableGetRequest,
  type TableUpdateRequest,
} from '@easyrest/protocol'

/**
 * Makes a function that refuses requests which ask for what a plugin does not name: throws `unsupported` with the
 * capability. A plugin that overlooked such a wish would answer other rows than those that were asked for.
 */
export const capabilityGuard = (capabilities: readonly Capability[]): ((request: Wishes) => void) => {
  const missing = wishes.filter(([capability]) => !capabilities.includes(capability))
  return (request) => {
    for (const [capability, isIn] of missing) if (isIn(request)) throw unsupported(capability)
  }
}

/** What a call of a function wishes of the rows it may answer. */
export const functionWishes = (request: CallFunctionRequest): Wishes => {
  const { select, where, ordering, page, count, expectSet, expectSingle, maxAffected } = request
  const isPaged = page !== undefined && (page.limit !== undefined || page.offset > 0)
  const onRows = where !== undefined || isPaged || isFilled(select) || isFilled(ordering) || count === 'exact'
  return { select, where, functionFilters: onRows || expectSet || expectSingle || maxAffected !== undefined }
}

/** What requests may ask beyond the minimum. */
export type Wishes = { readonly functionFilters?: boolean } & Partial<
  Pick<TableGetRequest, 'where' | 'grouping' | 'having' | 'distinct' | 'count' | 'lastKeyColumns'> &
    Pick<TableCreateRequest, 'rows' | 'select' | 'missingDefault' | 'conflict' | 'returning' | 'overwriteWhen'> &
    Pick<TableUpdateRequest, 'ifMatch'>
>

const wishes: readonly (readonly [Capability, (request: Wishes) => boolean])[] = [
  ['function_filters', ({ functionFilters }) => functionFilters === true],
  ['filter_tree', ({ where }) => isTree(where)],
  [
    'aggregates',
    ({ select, grouping, having }) =>
      select?.some(({ kind }) => kind === 'aggregate') || isFilled(grouping) || having !== undefined,
  ],
  ['distinct', ({ distinct }) => distinct === true],
  ['cast', ({ select }) => select?.some(({ cast }) => cast !== '') ?? false],
  ['count', ({ count }) => count === 'exact'],
  ['last_key', ({ lastKeyColumns }) => isFilled(lastKeyColumns)],
  [
    'returning',
    ({ rows, select, returning }) => returning === 'keys' || (rows ? isFilled(select) : returning === 'rows'),
  ],
  ['upsert', ({ conflict }) => conflict !== undefined],
  ['missing_default', ({ missingDefault }) => missingDefault === true],
  ['precondition', ({ ifMatch, overwriteWhen }) => isFilled(ifMatch) || overwriteWhen !== undefined],
]

const isFilled = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0

const isTree = (where: Predicate | undefined): boolean => {
  if (where === undefined || where.kind === 'comparison') return false
  return where.kind === 'and' ? where.items.some(isTree) : true
}

const unsupported = (capability: Capability): PluginError =>
  new PluginError('unsupported', `this plugin has no capability ${capability}`, { details: { capability } })
