import { primaryKey, type Space } from './space.js'

/** Primary keys from `from` up to, and without, `to`. */
export interface KeyRange {
  readonly from: string
  readonly to: string
}

/** The primary keys that begin with `prefix`, which is not empty: `successor` is greater than all of them. */
export const prefixRange = (prefix: string): KeyRange => ({ from: prefix, to: successor(prefix) })

/** What both hold. */
export const intersection = (a: KeyRange, b: KeyRange): KeyRange => ({
  from: a.from > b.from ? a.from : b.from,
  to: a.to < b.to ? a.to : b.to,
})

export const isEmpty = ({ from, to }: KeyRange): boolean => from >= to

/** The least text that is greater than every text with this beginning. */
export const successor = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

/** What recurse means by a key: below it where it has no slash, else what begins with it. */
export const recurseRange = (space: Space, key: string): KeyRange =>
  prefixRange(primaryKey(space, key === '' || key.includes('/') ? key : `${key}/`))

/** The least text behind a primary key: keys are made of nothing that is less than '!', and not of that. */
export const behind = (pk: string): string => `${pk}!`
