import { capabilityCounts, type Report } from './report.js'

/**
 * A report as JSON: `program`, `passed`, `failed`, `skipped`, `capabilities` (their counts), `results` (each check with
 * its outcome; a failed one with call, expected and received) and `output`, the last lines that the program wrote.
 */
export const jsonReport = ({ program, passed, failed, skipped, results, output }: Report): string => {
  const capabilities = capabilityCounts(results)
  return `${JSON.stringify({ program, passed, failed, skipped, capabilities, results, output }, null, 2)}\n`
}
