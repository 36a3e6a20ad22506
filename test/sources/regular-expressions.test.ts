import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { test } from 'node:test'
import { parse, tokTypes } from 'acorn'
import { checkSync } from 'recheck'
import { repositoryPath } from '../support/repository-path.js'
import { sourcesOf } from './sources-of.js'

interface RegExpLiteral {
  readonly pattern: string
  readonly flags: string
}

interface Expression extends RegExpLiteral {
  readonly file: string
}

// A search that starts anew at every character may look at all that follows, each time: text from outside could then cost
// minutes. What is built at run time cannot be found so, and is listed.
const builtAtRunTime = new Set([
  'packages/server/dist/config/is-nested-deeper.js',
  'packages/server/dist/response/entity-tag.js',
  'plugins/mysql/dist/hidden-names.js',
  'plugins/postgres/dist/values/time-text.js',
  'plugins/sqlite/dist/match-ilike.js',
])

test('every regular expression of the sources takes linear time', () => {
  const expressions = sources().flatMap(expressionsOf)
  assert.ok(expressions.length > 100, `found ${expressions.length}`)
  const distinct = new Map(expressions.map((expression) => [`/${expression.pattern}/${expression.flags}`, expression]))
  const slow = [...distinct].filter(([, expression]) => !isLinear(expression))
  assert.deepEqual(
    slow.map(([text, { file }]) => `${file}: ${text}`),
    [],
  )
})

for (const { source: pattern, flags } of [/\s+$/, /(a+)+$/, /a.*b/, /^(?:\w|\d)+$/]) {
  test(`control: /${pattern}/ does not`, () => assert.equal(isLinear({ pattern, flags, file: '' }), false))
}

test('no other file builds expressions at run time', () => {
  const builders = sources().filter((file) => /\bRegExp\(/.test(readFileSync(file, 'utf8')))
  assert.deepEqual(builders.map(nameOf).sort(), [...builtAtRunTime])
})

function sources(): string[] {
  return ['packages', 'plugins'].flatMap((folder) => sourcesOf(repositoryPath(folder)))
}

function expressionsOf(file: string): Expression[] {
  const found: Expression[] = []
  parse(readFileSync(file, 'utf8'), {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowHashBang: true,
    onToken: (token) => {
      if (token.type !== tokTypes.regexp) return
      const { pattern, flags } = (token as unknown as { value: RegExpLiteral }).value
      found.push({ pattern, flags, file: nameOf(file) })
    },
  })
  return found
}

function isLinear({ pattern, flags }: Expression): boolean {
  // The search finds counter-examples by chance; the seed makes every run the same.
  return checkSync(pattern, flags, { timeout: 60_000, randomSeed: 1 }).status === 'safe'
}

function nameOf(file: string): string {
  return relative(repositoryPath('.'), file)
}
