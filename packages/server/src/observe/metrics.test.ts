import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createMetrics, type Metrics } from './metrics.js'

const documented = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8')

/** Some of everything, so that every name has a line. */
function filled(): Metrics {
  const metrics = createMetrics()
  const meter = metrics.meters('shop')
  meter.request('table', 'GET', 200, 12)
  meter.call('ok', 3)
  metrics.watch(() => ({
    requestsInFlight: 1,
    generation: 2,
    connections: [{ name: 'shop', ready: true, inFlight: 3, waiting: 4 }],
  }))
  return metrics
}

const linesOf = async (metrics: Metrics): Promise<string[]> => (await metrics.text()).split('\n')

describe('The metrics', () => {
  test('are those that docs/operating.md lists', async () => {
    const types = (await linesOf(filled())).flatMap((line) => /^# TYPE (easyrest_\w+) /.exec(line)?.[1] ?? [])
    const table = [...documented.matchAll(/^\| `easyrest_.*$/gm)].map(([line]) => line.split('|')[1]!).join()
    const listed = [...table.matchAll(/`(easyrest_\w+)`/g)].map(([, name]) => name)
    assert.deepEqual(types.sort(), listed.sort())
  })

  test('hold what was counted', async () => {
    const lines = await linesOf(filled())
    for (const line of [
      'easyrest_http_requests_total{connection="shop",route="table",method="GET",status="200"} 1',
      'easyrest_http_request_duration_seconds_bucket{le="0.025",connection="shop",route="table"} 1',
      'easyrest_http_request_duration_seconds_bucket{le="0.01",connection="shop",route="table"} 0',
      'easyrest_plugin_calls_total{connection="shop",outcome="ok"} 1',
      'easyrest_plugin_calls_in_flight{connection="shop"} 3',
      'easyrest_plugin_calls_waiting{connection="shop"} 4',
      'easyrest_plugin_restarts_total{connection="shop"} 0',
      'easyrest_config_last_reload_success 1',
      'easyrest_config_generation 2',
    ]) {
      assert.ok(lines.includes(line), `expected ${line}`)
    }
  })

  test('count what happens between host and plugins, and reloads', async () => {
    const metrics = filled()
    const connection = 'shop'
    const end = { program: '/p', pid: 1, code: 1, signal: undefined, replacedBecause: undefined }
    const exited = { kind: 'plugin-exited', connection, ...end } as const
    for (const expected of [true, false]) {
      metrics.observe({
        kind: 'host',
        observation: { ...exited, expected, replacedBecause: undefined, stderr: [], uptimeMs: 1 },
      })
    }
    metrics.observe({ kind: 'reloaded', generation: 2, changes: [] })
    metrics.observe({ kind: 'reload-failed', reason: 'x' })
    metrics.observe({ kind: 'request-shed', because: 'x' })
    const lines = await linesOf(metrics)
    assert.ok(lines.includes('easyrest_plugin_restarts_total{connection="shop"} 1'))
    assert.ok(lines.includes('easyrest_config_reload_total 2'))
    assert.ok(lines.includes('easyrest_config_reload_failed_total 1'))
    assert.ok(lines.includes('easyrest_config_last_reload_success 0'))
    assert.ok(lines.includes('easyrest_http_requests_shed_total 1'))
  })

  test('know the methods they are asked with, and no others', async () => {
    const metrics = filled()
    const meter = metrics.meters('')
    for (const method of ['MKCOL', 'canary', 'GET']) meter.request('other', method, 405, 1)
    const text = await metrics.text()
    assert.ok(!text.includes('canary') && !text.includes('MKCOL'))
    assert.match(text, /method="other",status="405"\} 2\n/)
  })

  test('do not show a connection that a reload has removed', async () => {
    const metrics = filled()
    assert.match(await metrics.text(), /easyrest_plugin_up\{connection="shop"\} 1/)
    metrics.watch(() => ({ requestsInFlight: 0, generation: 3, connections: [] }))
    assert.doesNotMatch(await metrics.text(), /easyrest_plugin_up\{/)
  })
})
