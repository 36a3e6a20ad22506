import type { Direction, Nulls, OrderTerm } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { identifier } from './identifier.js'

/** `ordering=name,-age,height.desc.nullslast`. Throws ApiError bad_identifier, bad_parameter. */
export const parseOrdering = (text: string): OrderTerm[] => (text === '' ? [] : text.split(',').map(parseTerm))

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
