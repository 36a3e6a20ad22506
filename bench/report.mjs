import { summarize } from './results.mjs'
import { metricsOf } from './scenarios.mjs'
import { targets, verdict } from './targets.mjs'

/**
 * The whole report as text.
 * @param builds the labels; the first is compared with the second, if there is one
 * @param options quick figures are not good enough to be held against the targets
 */
export const report = (results, scenarios, builds, { quick, plugin }) =>
  [
    ...Object.keys(metricsOf).map((group) => groupTable(group, results, scenarios, builds)),
    ...(builds.length > 1 ? [comparison(results, scenarios, builds)] : []),
    ...(quick ? [] : [targetTable(results, builds[0], plugin)]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')

/** Every target with what was measured for it, for the JSON file and the table. */
export const judge = (results, build, plugin) =>
  targets[plugin].map((target) => {
    const summary = summarize(targetSamples(results, build, target))
    return { ...target, ...summary, verdict: summary === undefined ? 'no figure' : verdict(target, summary.median) }
  })

const targetSamples = (results, build, { of, ratio, metric }) =>
  ratio === undefined ? results.of(of, build, metric) : results.ratios([of, build], [ratio, build], metric)

const groupTable = (group, results, scenarios, builds) => {
  const metrics = metricsOf[group]
  const lines = scenarios
    .filter((scenario) => scenario.group === group)
    .flatMap(({ name, shared }) =>
      (shared ? builds.slice(0, 1) : builds).map((build) => {
        const label = shared || builds.length === 1 ? name : `${name} @${build}`
        const why = results.unavailable[name]?.[build]
        if (why !== undefined) return [label, `not available: ${why}`]
        return [label, ...metrics.map((metric) => cell(metric, summarize(results.of(name, build, metric))))]
      }),
    )
  if (lines.length === 0) return ''
  return table([[group, ...metrics.map((metric) => titles[metric])], ...lines])
}

const comparison = (results, scenarios, [ours, theirs]) => {
  const metrics = ['perSecond', 'totalCpu', 'hostCpu', 'pluginCpu', 'total', 'hostMemory', 'pluginMemory']
  const lines = scenarios
    .filter(({ shared }) => !shared)
    .map(({ name }) => [
      name,
      ...metrics.map((metric) => ratioCell(results.ratios([name, ours], [name, theirs], metric))),
    ])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ''))
  return table([[`${ours} / ${theirs}`, ...metrics.map((metric) => titles[metric])], ...lines])
}

const ratioCell = (ratios) => {
  const summary = summarize(ratios.filter(Number.isFinite))
  return summary === undefined ? '' : twoDigits(summary.median) + spread(summary, twoDigits)
}

const targetTable = (results, build, plugin) => {
  const judged = judge(results, build, plugin).filter(({ median }) => median !== undefined)
  if (judged.length === 0) return ''
  const lines = judged.map((target) => {
    const format = target.ratio === undefined ? formats[target.metric] : (value) => value.toFixed(2)
    const { atLeast, atMost, stretch, median } = target
    const goal = `${atLeast === undefined ? '<=' : '>='} ${format(atLeast ?? atMost)}`
    const unit = titles[target.metric]
    return [target.what, unit, format(median), goal, stretch === undefined ? '' : format(stretch), target.verdict]
  })
  return table([['targets', '', 'median', 'target', 'stretch', ''], ...lines])
}

const cell = (metric, summary) => {
  if (summary === undefined) return '-'
  const format = formats[metric]
  // The spread of what a group is about; of the others it would only be noise for the eye.
  return format(summary.median) + (spreadMetrics.has(metric) ? spread(summary, format) : '')
}

const spread = ({ samples, min, max }, format) => (samples.length > 1 ? ` (${format(min)}..${format(max)})` : '')

const spreadMetrics = new Set(['perSecond', 'total', 'firstByte'])

const titles = {
  perSecond: 'per second',
  p50: 'p50 ms',
  p99: 'p99 ms',
  totalCpu: 'CPU µs',
  hostCpu: 'host CPU µs',
  pluginCpu: 'plugin CPU µs',
  loadCpu: 'generator CPU µs',
  firstByte: 'first byte ms',
  total: 'total ms',
  hostMemory: 'host +MiB',
  pluginMemory: 'plugin +MiB',
}

const whole = (value) => Math.round(value).toLocaleString('en-US')
const oneDigit = (value) => value.toFixed(1)
const twoDigits = (value) => value.toFixed(2)

const formats = {
  perSecond: whole,
  p50: twoDigits,
  p99: twoDigits,
  totalCpu: oneDigit,
  hostCpu: oneDigit,
  pluginCpu: oneDigit,
  loadCpu: oneDigit,
  firstByte: whole,
  total: whole,
  hostMemory: oneDigit,
  pluginMemory: oneDigit,
}

// The first column to the left, the others to the right; a line under the titles.
const table = ([head, ...lines]) => {
  const all = [head, ...lines]
  const complete = all.filter((line) => line.length >= head.length || head.length === 1)
  const columns = Math.max(...all.map((line) => line.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...complete.map((line) => line[at]?.length ?? 0)))
  widths[0] = Math.max(...all.map(([first]) => first.length))
  const text = (line) =>
    line
      .map((value, at) => (at === 0 ? value.padEnd(widths[0]) : value.padStart(widths[at])))
      .join('  ')
      .trimEnd()
  return [
    text(head),
    '-'.repeat(
      Math.min(
        120,
        widths.reduce((sum, width) => sum + width + 2, -2),
      ),
    ),
    ...lines.map(text),
  ].join('\n')
}
