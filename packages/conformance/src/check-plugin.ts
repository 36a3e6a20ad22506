import { setTimeout as delay } from 'node:timers/promises'
import type { Check } from './check.js'
import { checks } from './checks/index.js'
import { show } from './expect.js'
import { Inapplicable } from './inapplicable.js'
import { PluginLauncher, type PluginUnderCheck } from './plugin-launcher.js'
import { type CheckResult, type Report, reportOf } from './report.js'
import type { Seed } from './seed.js'
import { StartFailure } from './start-failure.js'
import { Subject } from './subject.js'
import { Violation } from './violation.js'
import { whyInapplicable } from './why-inapplicable.js'

export interface CheckOptions extends PluginUnderCheck {
  /** Needed for the checks of the role db. */
  readonly seed?: Seed | undefined
  /** Ids of checks or groups; all when there are none. */
  readonly only?: readonly string[] | undefined
  /** Told each result as it comes. */
  readonly onResult?: ((result: CheckResult) => void) | undefined
}

/** Runs the checks one after another on one plugin program. Never hangs: a check that takes too long has failed. */
export const checkPlugin = async (options: CheckOptions): Promise<Report> => {
  const launcher = new PluginLauncher(options)
  const subject = new Subject(launcher, options.seed)
  const results: CheckResult[] = []
  try {
    for (const check of chosen(options.only)) {
      const result = await runCheck(check, subject)
      results.push(result)
      options.onResult?.(result)
    }
  } finally {
    await launcher.endAll()
  }
  return reportOf(options.program, results, launcher.output)
}

const chosen = (only: readonly string[] = []): readonly Check[] =>
  only.length === 0 ? checks : checks.filter(({ id }) => only.some((part) => id === part || id.startsWith(`${part}.`)))

const runCheck = async (check: Check, subject: Subject): Promise<CheckResult> => {
  const { id, title, rule, needs } = check
  const start = performance.now()
  const result = (outcome: Partial<CheckResult>): CheckResult =>
    ({
      id,
      title,
      rule,
      capabilities: needs.capabilities ?? [],
      ms: Math.round(performance.now() - start),
      ...outcome,
    }) as CheckResult
  subject.lastCall = ''
  try {
    const reason = await whyInapplicable(check.needs, subject)
    if (reason !== undefined) return result({ outcome: 'skipped', reason })
    await withinLimit(prepareAndRun(check, subject))
    return result({ outcome: 'passed' })
  } catch (error) {
    if (error instanceof Inapplicable) return result({ outcome: 'skipped', reason: error.reason })
    // What the plugin is doing now is not known.
    await subject.end()
    return result({ outcome: 'failed', call: subject.lastCall, ...whatWentWrong(error) })
  } finally {
    await subject.endSpawned()
  }
}

const prepareAndRun = async (check: Check, subject: Subject): Promise<void> => {
  if (check.needs.role === 'db') await subject.fillTable()
  await check.run(subject)
}

const withinLimit = async (work: Promise<void>): Promise<void> => {
  const patience = new AbortController()
  const late = delay(limitMs, undefined, { signal: patience.signal }).then(() => {
    throw new Violation(`an end within ${limitMs / 1000} seconds`, 'none')
  })
  try {
    await Promise.race([work, late])
  } finally {
    patience.abort()
    late.catch(() => {})
    work.catch(() => {})
  }
}

const whatWentWrong = (error: unknown): Partial<CheckResult> => {
  if (error instanceof StartFailure) return { rule: error.rule, expected: error.expected, received: error.received }
  if (error instanceof Violation) return { expected: error.expected, received: error.received }
  return { expected: 'an answer', received: show(error) }
}

const limitMs = 120_000
