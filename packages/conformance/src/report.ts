import type { Capability } from '@easyrest/protocol'

/** What became of one check. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  /** Those it needs; none: it is about what every plugin must do. */
  readonly capabilities: readonly Capability[]
  /** Where the contract says so. */
  readonly rule: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly ms: number
  /** Why it was skipped. */
  readonly reason?: string
  /** Of a failure: the last call ('' before the first), what the rule wants, and what came. */
  readonly call?: string
  readonly expected?: string
  readonly received?: string
}

export interface Report {
  readonly program: string
  readonly results: readonly CheckResult[]
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What the program wrote last. */
  readonly output: readonly string[]
}

export const reportOf = (program: string, results: readonly CheckResult[], output: readonly string[]): Report => {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  return { program, results, passed: count('passed'), failed: count('failed'), skipped: count('skipped'), output }
}

/** One result for a terminal. */
export const resultText = (result: CheckResult): string => {
  const { id, title, outcome, reason, rule, call, expected, received } = result
  if (outcome === 'passed') return `  ok       ${id}: ${title}`
  if (outcome === 'skipped') return `  skipped  ${id}: ${reason}`
  return [
    `  FAILED   ${id}: ${title}`,
    `             rule      ${rule}`,
    ...(call ? [`             call      ${call}`] : []),
    `             expected  ${expected}`,
    `             received  ${received}`,
  ].join('\n')
}

/** The last lines of a report: what passed per capability and in all, and what the program wrote when some failed. */
export const summaryText = (report: Report): string => {
  const { program, passed, failed, skipped, output } = report
  const counts = `${program}: ${passed} passed, ${failed} failed, ${skipped} skipped`
  const lines = [...capabilityLines(report.results), '', counts]
  if (failed === 0 || output.length === 0) return lines.join('\n')
  return [...lines, 'What the program wrote last:', ...output.slice(-20).map((line) => `  ${line}`)].join('\n')
}

/** How many checks of a capability passed, failed, were skipped; one that needs two capabilities counts in both. */
export interface CapabilityCounts {
  readonly capability: Capability | 'every plugin'
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const capabilityCounts = (results: readonly CheckResult[]): CapabilityCounts[] => {
  const named = new Set(results.flatMap(({ capabilities }) => capabilities))
  return (['every plugin', ...[...named].sort()] as const).map((capability) => {
    const own = results.filter((result) => isAbout(result, capability))
    const count = (outcome: CheckResult['outcome']) => own.filter((result) => result.outcome === outcome).length
    return { capability, passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  })
}

const isAbout = ({ capabilities }: CheckResult, capability: CapabilityCounts['capability']): boolean =>
  capability === 'every plugin' ? capabilities.length === 0 : capabilities.includes(capability)

const capabilityLines = (results: readonly CheckResult[]): string[] => {
  const cells = (name: string, ...counts: (string | number)[]) =>
    `  ${name.padEnd(18)}${counts.map((count) => String(count).padStart(8)).join('')}`
  const rows = capabilityCounts(results).map(({ capability, passed, failed, skipped }) =>
    cells(capability, passed, failed, skipped),
  )
  return [cells('capability', 'passed', 'failed', 'skipped'), ...rows]
}
