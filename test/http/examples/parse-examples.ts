import type { Header } from '../../support/http.js'

/** The examples of a document: what they run on, and each ```http block as requests with their answers, in order. */
export interface Examples {
  /** The ```sql blocks. */
  readonly sql: string
  readonly blocks: readonly ExampleBlock[]
}

export interface ExampleBlock {
  /** The heading it stands under. */
  readonly section: string
  readonly line: number
  readonly exchanges: readonly ExampleExchange[]
}

export interface ExampleExchange {
  readonly line: number
  readonly method: string
  readonly target: string
  /** The scope of the token, where the example names one; null: it is sent without a token. */
  readonly scope: string | null | undefined
  readonly headers: readonly Header[]
  readonly body: string
  readonly answer: { readonly status: number; readonly headers: readonly Header[]; readonly body: string }
}

/** Throws Error with the line of what cannot be read. */
export function parseExamples(markdown: string): Examples {
  const lines = markdown.split('\n')
  const sql: string[] = []
  const blocks: ExampleBlock[] = []
  let section = ''
  for (let index = 0; index < lines.length; index++) {
    if (/^#+ /.test(lines[index]!)) section = lines[index]!.replace(/^#+ /, '')
    const [, language] = /^```(\w+)$/.exec(lines[index]!) ?? []
    if (language === undefined) continue
    const end = lines.indexOf('```', index + 1)
    const content = lines.slice(index + 1, end)
    if (language === 'sql') sql.push(...content)
    if (language === 'http') blocks.push({ section, line: index + 1, exchanges: parseBlock(content, index + 2) })
    index = end
  }
  return { sql: sql.join('\n'), blocks }
}

const requestLine = /^([A-Z]+) (\/\S*)$/
const statusLine = /^HTTP\/1\.1 (\d{3})( .*)?$/

function parseBlock(lines: readonly string[], firstLine: number): ExampleExchange[] {
  const starts = lines.flatMap((line, index) => (requestLine.test(line) ? [index] : []))
  if (starts.length === 0) throw new Error(`line ${firstLine}: expected a request such as "GET /api/demo/cities/"`)
  return starts.map((start, index) => {
    // A comment in front of a request belongs to it.
    const before = start > 0 && lines[start - 1]!.startsWith('# ') ? lines[start - 1]! : ''
    const end = starts[index + 1] ?? lines.length
    return parseExchange(lines.slice(start, end), firstLine + start, before)
  })
}

function parseExchange(lines: readonly string[], line: number, comment: string): ExampleExchange {
  const [, method = '', target = ''] = requestLine.exec(lines[0]!)!
  const answerAt = lines.findIndex((text) => statusLine.test(text))
  if (answerAt < 0) throw new Error(`line ${line}: expected an answer such as "HTTP/1.1 200 OK" behind ${lines[0]}`)
  const request = parseMessage(lines.slice(1, answerAt))
  const answer = parseMessage(lines.slice(answerAt + 1).filter((text) => !text.startsWith('# ')))
  const status = Number(statusLine.exec(lines[answerAt]!)![1])
  return { line, method, target, scope: scopeOf(comment), ...request, answer: { status, ...answer } }
}

function parseMessage(lines: readonly string[]): { headers: Header[]; body: string } {
  const blank = lines.indexOf('')
  const head = blank < 0 ? lines : lines.slice(0, blank)
  const headers = head.map((text): Header => {
    const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(text) ?? []
    if (name === '') throw new Error(`expected a header, got "${text}"`)
    return [name, value]
  })
  return {
    headers,
    body:
      blank < 0
        ? ''
        : lines
            .slice(blank + 1)
            .join('\n')
            .trim(),
  }
}

function scopeOf(comment: string): string | null | undefined {
  if (comment === '# without a token') return null
  return /^# with the scope (.+)$/.exec(comment)?.[1]
}
