import { relative } from 'node:path'

/**
 * Reads a .cpuprofile: µs in which the thread was busy, by origin (package, node, garbage collector) and by function,
 * the function's own time and with what it called. Sorted by own time.
 */
export const hotPlaces = ({ nodes, samples, timeDeltas }, root) => {
  const tree = new Map(nodes.map((node) => [node.id, { place: placeOf(node.callFrame, root), parent: undefined }]))
  for (const { id, children = [] } of nodes) for (const child of children) tree.get(child).parent = tree.get(id)
  const self = new Map()
  const total = new Map()
  for (const [index, id] of samples.entries()) {
    const node = tree.get(id)
    const stack = stackOf(node)
    // Beginning and ending a profile takes time too.
    if (node.place === '(idle)' || [...stack].some((place) => place.includes('bench/profiler.mjs'))) continue
    add(self, node.place, timeDeltas[index])
    for (const place of stack) add(total, place, timeDeltas[index])
  }
  const places = [...self.keys(), ...[...total.keys()].filter((place) => !self.has(place))]
    .map((place) => ({ place, self: self.get(place) ?? 0, total: total.get(place) }))
    .sort((left, right) => right.self - left.self)
  const busyMicros = places.reduce((sum, place) => sum + place.self, 0)
  return { busyMicros, origins: byOrigin(places), places }
}

// Once each: a recursive function must not count twice.
const stackOf = (node) => {
  const places = new Set()
  for (let at = node; at !== undefined; at = at.parent) places.add(at.place)
  places.delete('(root)')
  return places
}

const byOrigin = (places) => {
  const origins = new Map()
  for (const { place, self } of places) add(origins, originOf(place), self)
  return [...origins].sort(([, left], [, right]) => right - left).filter(([, micros]) => micros > 0)
}

const originOf = (place) => {
  if (place.startsWith('(') && !place.includes(' ')) return place
  const [, file = ''] = /^.* (\S+):\d+$/.exec(place) ?? []
  const [, own] = /^((?:packages|plugins)\/[^/]+)\//.exec(file) ?? []
  const [, outside] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
  return own ?? outside ?? (file.startsWith('node:') ? 'node, JavaScript' : 'native functions')
}

const placeOf = ({ functionName, url, lineNumber }, root) => {
  const file = url.startsWith('file://') ? relative(root, url.slice('file://'.length)) : url
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`
}

const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0) + amount)
