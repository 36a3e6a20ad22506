/** What became of one check. */
export interface CheckResult {
  readonly id: string
  readonly title: string
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

/** The last lines of a report: how many checks passed, and what the program wrote when some failed. */
export const summaryText = ({ program, passed, failed, skipped, output }: Report): string => {
  const counts = `${program}: ${passed} passed, ${failed} failed, ${skipped} skipped`
  if (failed === 0 || output.length === 0) return counts
  return [counts, 'What the program wrote last:', ...output.slice(-20).map((line) => `  ${line}`)].join('\n')
}
