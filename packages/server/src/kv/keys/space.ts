import type { KvRealm } from '../../config/kv-config.js'
import { type EncodedKey, encodePart } from './key.js'

/** The documents of one owner: what stands in front of their keys in the column `pk`. */
export type Space = string

/** Two spaces never share a primary key: none of the three parts can hold a slash. */
export const spaceOf = (realm: KvRealm, owner: string, client: string): Space =>
  `${realm}/${encodePart(owner)}/${encodePart(client)}/`

export const primaryKey = (space: Space, key: EncodedKey): string => space + key

export const keyIn = (space: Space, pk: string): EncodedKey => pk.slice(space.length)

/** What the column `pk` holds: more would not fit an index of every database. */
export const maxPrimaryKeyLength = 1024
