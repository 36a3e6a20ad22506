import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTrace } from './parse-trace.js'

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
const file = (name: string): string => `7<${hex(`/d/${name}`)}>`
const here = `AT_FDCWD<${hex('/')}>`

const parse = (...lines: string[]) =>
  parseTrace(lines.map((line) => `12345 ${line}`).join('\n'), {
    directory: '/d',
    acknowledged: (message) => (message.includes('ack 5') ? 5 : undefined),
  }).map((event) => ('data' in event ? { ...event, data: String(event.data) } : event))

test('calls on the files of the directory are events, all others are not', () => {
  const events = parse(
    `openat(${here}, "${hex('/d/a')}", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = ${file('a')}`,
    `openat(${here}, "${hex('/d/a')}", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = ${file('a')}`,
    `pwrite64(${file('a')}, "${hex('x, "\\\n')}", 5, 512) = 5`,
    `pwrite64(8<${hex('/other')}>, "${hex('x')}", 1, 0) = 1`,
    `pwrite64(${file('a-shm')}, "${hex('x')}", 1, 0) = 1`,
    `ftruncate(${file('a')}, 3) = 0`,
    `fdatasync(${file('a')}) = 0`,
    `fsync(${file('a')}) = -1 EIO (Input/output error)`,
    `fsync(9<${hex('/d')}>) = 0`,
    `writev(6<${hex('socket:[1]')}>, [{iov_base="${hex('..')}", iov_len=2}, {iov_base="${hex('ack 5')}", iov_len=5}], 2) = 7`,
    `writev(6<${hex('socket:[1]')}>, [{iov_base="${hex('ack 5')}", iov_len=5}], 1) = 5`,
    `unlink("${hex('/d/a')}") = 0`,
    '+++ exited with 0 +++',
  )
  assert.deepEqual(events, [
    { kind: 'create', name: 'a' },
    { kind: 'write', name: 'a', offset: 512, data: 'x, "\\\n' },
    { kind: 'truncate', name: 'a', size: 3 },
    { kind: 'sync', name: 'a', covers: 3 },
    { kind: 'sync', name: undefined, covers: 4 },
    { kind: 'acknowledge', batch: 5 },
    { kind: 'unlink', name: 'a' },
  ])
})

test('a write counts from its beginning, an fsync from its end', () => {
  const text = [
    `1 fsync(${file('a')} <unfinished ...>`,
    `2 pwrite64(${file('a')}, "${hex('x')}", 1, 0 <unfinished ...>`,
    '1 <... fsync resumed>)              = 0',
    '2 <... pwrite64 resumed>)           = 1',
  ].join('\n')
  const events = parseTrace(text, { directory: '/d', acknowledged: () => undefined })
  assert.deepEqual(
    events.map((event) => [event.kind, 'covers' in event ? event.covers : undefined]),
    [
      ['write', undefined],
      ['sync', 0],
    ],
  )
})

test('a call that the simulation does not know is an error, not an omission', () => {
  assert.throws(() => parse(`fallocate(${file('a')}, 0, 0, 10) = 0`), /teach it/)
  assert.throws(() => parse(`openat(${here}, "${hex('/d/a')}", O_RDWR|O_TRUNC) = ${file('a')}`), /O_TRUNC/)
})
