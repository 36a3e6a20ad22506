import type { Direction, Nulls, OrderTerm, Projection } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { identifier } from './identifier.js'

/** `ordering=name,-age,height.desc.nullslast`. Throws ApiError bad_identifier, bad_parameter. */
export const parseOrdering = (text: string): OrderTerm[] => (text === '' ? [] : text.split(',').map(parseTerm))

/**
 * Groups, and rows of which equal ones are one, can be ordered by what `select` holds: of the rest there may be several
 * values. Throws ApiError bad_parameter.
 */
export const requireSelected = (
  ordering: readonly OrderTerm[],
  select: readonly Projection[],
  grouped: boolean,
): void => {
  if (select.length === 0) return
  const names = new Set(select.map(({ alias }) => alias))
  // A cast may make one value of two, a group has one of each.
  for (const item of select) if (item.kind === 'column' && (grouped || item.cast === '')) names.add(item.column)
  const other = ordering.find(({ column }) => !names.has(column))
  if (other === undefined) return
  throw new ApiError('bad_parameter', {
    detail: `Expected ordering to name something that select holds, got ${other.column}: with ${grouped ? 'aggregates' : 'distinct=true'} it may have several values`,
    hint: `Add ${other.column} to select, or order by ${[...names].slice(0, 5).join(', ')}`,
  })
}

const parseTerm = (part: string): OrderTerm => {
  const item = part.trim()
  const [name = '', ...modifiers] = item.startsWith('-') ? item.slice(1).split('.') : item.split('.')
  let direction: Direction = item.startsWith('-') ? 'desc' : 'unspecified'
  let nulls: Nulls = 'unspecified'
  for (const modifier of modifiers) {
    const word = modifier.toLowerCase()
    if ((word === 'asc' || word === 'desc') && direction === 'unspecified') direction = word
    else if ((word === 'nullsfirst' || word === 'nullslast') && nulls === 'unspecified')
      nulls = word === 'nullsfirst' ? 'first' : 'last'
    else throw badModifier(item, modifier)
  }
  return { column: identifier(name, 'a column in ordering'), direction: direction === 'desc' ? 'desc' : 'asc', nulls }
}

const badModifier = (item: string, modifier: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `Expected asc or desc and nullsfirst or nullslast behind a column in ordering, got ${JSON.stringify(modifier.slice(0, 80))} in ${JSON.stringify(item.slice(0, 80))}`,
    hint: 'For example ordering=-age or ordering=age.desc.nullslast',
  })
