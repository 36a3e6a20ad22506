/** The samples of a run, by scenario, build and metric. */
export class Results {
  /** Scenario -> build label -> metric -> samples, one for each round. */
  samples = {}
  /** Scenario -> build label -> why there is no figure. */
  unavailable = {}
  failures = []

  add(scenario, build, figures) {
    if (figures.unavailable !== undefined) {
      member(this.unavailable, scenario)[build] = figures.unavailable
      return
    }
    const metrics = member(member(this.samples, scenario), build)
    for (const [name, value] of Object.entries(figures)) metrics[name] = [...(metrics[name] ?? []), value]
  }

  fail(scenario, build, error) {
    this.failures.push({ scenario, build, reason: error.message })
  }

  of(scenario, build, metric) {
    return this.samples[scenario]?.[build]?.[metric] ?? []
  }

  /** Sample by sample: both were measured in the same round. */
  ratios(dividend, divisor, metric) {
    const below = this.of(...divisor, metric)
    const above = this.of(...dividend, metric)
    return above.length === below.length ? above.map((value, index) => value / below[index]) : []
  }
}

export const summarize = (samples) => {
  const sorted = samples.filter((value) => !Number.isNaN(value)).sort((left, right) => left - right)
  if (sorted.length === 0) return undefined
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { median, min: sorted[0], max: sorted.at(-1), samples }
}

const member = (object, key) => {
  object[key] ??= {}
  return object[key]
}
