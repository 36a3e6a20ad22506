import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { isMap, isScalar, parseDocument } from 'yaml'
import { ConfigError } from './config-error.js'
import { configSchema } from './config-schema.js'
import { ignoredKeys } from './ignored-keys.js'
import { variableNames } from './read-environment.js'
import { parseYaml } from './read-yaml.js'
import { load, repositoryFile, secret } from './test-support/load.js'
import { keysAt, validateConfig } from './validate-config.js'

const example = readFileSync(repositoryFile('config.example.yaml'), 'utf8')
const complete = example.replace(/^(\s*)#(?=\S)/gm, '$1')

describe('config.example.yaml', () => {
  test('loads as it is when ER_TOKEN_SECRET is set, without a warning', async () => {
    const { config, warnings } = await load(example)
    assert.deepEqual(warnings, [])
    assert.equal(config.connections.get('demo')?.uri, 'sqlite://./data/demo.db')
  })

  test('shows the defaults', async () => {
    const minimal = await load('plugins: { demo: { uri: "sqlite://./data/demo.db" } }\nkv: { connection: demo }\n')
    assert.deepEqual((await load(example)).config, minimal.config)
  })

  test('holds every key of the schema exactly once, active or turned off', () => {
    const found = pathsOf(complete).sort()
    const expected = schemaPaths().filter((path) => !ignoredKeys.has(path))
    assert.deepEqual(found, expected.sort())
  })

  test('is of the right form when everything is turned on', async () => {
    const env = { ER_TOKEN_SECRET: secret, SHOP_PASSWORD: 'x' }
    const file = await parseYaml(complete, { name: 'complete', path: '/complete', env, files: new Set() })
    assert.deepEqual(file.problems, [])
    const { problems } = validateConfig(file.documents[0]!)
    assert.deepEqual(problems, [])
  })

  test('cut anywhere it loads with a key or is refused with a ConfigError, never anything else', async () => {
    const text = example.replace(/\$\{ER_TOKEN_SECRET\}/, secret)
    let loaded = 0
    for (const prefix of prefixes(text)) {
      try {
        const { config } = await load(prefix, { env: {} })
        assert.ok(Buffer.byteLength(config.auth.jwt.secret ?? '') >= 32)
        loaded++
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error))
      }
    }
    assert.ok(loaded > 0)
  })
})

describe('docs/configuration.md', () => {
  const docs = readFileSync(repositoryFile('docs/configuration.md'), 'utf8')

  test('names every key, the ignored ones included', () => {
    const missing = schemaPaths().filter((path) => !docs.includes(`\`${path.replace(/\*/g, '<name>')}\``))
    assert.deepEqual(missing, [])
  })

  test('names every variable', () => {
    assert.deepEqual(
      variableNames.filter((name) => !docs.includes(`\`${name}\``)),
      [],
    )
  })
})

/** Below these keys the operator chooses the names. */
const chosenNames = ['plugins', 'kv.realms']
/** Below these there is nothing that the schema knows. */
const freeForm = ['anon_claims', 'plugins.*.env', 'plugins.*.cache_invalidation_map']

function schemaPaths(): string[] {
  const below = (keys: string[]): string[] =>
    keysAt(configSchema, keys).flatMap((key) => [[...keys, key].join('.'), ...deeper([...keys, key])])
  const deeper = (keys: string[]) => below(chosenNames.includes(keys.join('.')) ? [...keys, '*'] : keys)
  return below([]).filter(isLeaf)
}

function isLeaf(path: string): boolean {
  return keysAt(configSchema, path.replace(/^(plugins|kv\.realms)$/, '$1.*').split('.')).length === 0
}

/** The paths of all leaves; further connections than the first are examples of their own. */
function pathsOf(text: string): string[] {
  const result: string[] = []
  const walk = (node: unknown, path: string): void => {
    if (!isMap(node) || freeForm.includes(path)) {
      result.push(path)
      return
    }
    const items = path === 'plugins' ? node.items.slice(0, 1) : node.items
    for (const { key, value } of items) {
      const name = chosenNames.includes(path) ? '*' : String(isScalar(key) ? key.value : key)
      walk(value, path === '' ? name : `${path}.${name}`)
    }
  }
  walk(parseDocument(text).contents, '')
  return result
}

/** Every byte prefix that YAML can tell from the one before: inside a comment there is nothing to see. */
function* prefixes(text: string): Generator<string> {
  for (let end = 0; end <= text.length; end++) {
    const prefix = text.slice(0, end)
    const line = prefix.slice(prefix.lastIndexOf('\n') + 1)
    if (!/(^|\s)#../.test(line)) yield prefix
  }
}
