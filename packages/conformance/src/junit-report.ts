import { type CheckResult, type Report, resultText } from './report.js'

/** A report as JUnit XML, which CI systems show: one suite, a test case for each check, its group as class name. */
export const junitReport = ({ program, results, failed, skipped }: Report): string => {
  const counts = `tests="${results.length}" failures="${failed}" skipped="${skipped}"`
  const suite = `<testsuite name="${escapeXml(program)}" ${counts} time="${seconds(results)}">`
  return ['<?xml version="1.0" encoding="UTF-8"?>', suite, ...results.map(testCase), '</testsuite>', ''].join('\n')
}

const testCase = (result: CheckResult): string => {
  const { id, title } = result
  const group = id.slice(0, id.indexOf('.'))
  const attributes = `classname="${escapeXml(group)}" name="${escapeXml(`${id}: ${title}`)}" time="${seconds([result])}"`
  return `  <testcase ${attributes}>${outcomeElement(result)}</testcase>`
}

const outcomeElement = (result: CheckResult): string => {
  if (result.outcome === 'skipped') return `<skipped message="${escapeXml(result.reason ?? '')}"/>`
  if (result.outcome === 'passed') return ''
  const message = `expected ${result.expected}, received ${result.received}`
  return `<failure message="${escapeXml(message)}">${escapeXml(resultText(result))}</failure>`
}

const seconds = (results: readonly CheckResult[]): string =>
  (results.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(3)

/** What a program answered may hold anything; what XML 1.0 cannot hold becomes U+FFFD. */
const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n\r\t]/g, (character) => entities[character]!)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}
