import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { BadValue } from './bad-value.js'
import { readText } from './read-text.js'

export interface InterpolationContext {
  readonly env: NodeJS.ProcessEnv
  /** What a relative path in `${file:...}` is relative to. */
  readonly folder: string
  /** Collects the files that were read. */
  readonly files: Set<string>
}

const maxSecretBytes = 64 * 1024

/** Replaces `${VAR}`, `${VAR:-default}` and `${file:/path}`; `$${` stands for `${`. */
export async function interpolate(text: string, context: InterpolationContext): Promise<string> {
  let result = ''
  let position = 0
  while (position < text.length) {
    const start = text.indexOf('${', position)
    if (start < 0) break
    if (text[start - 1] === '$' && start > position) {
      result += `${text.slice(position, start - 1)}\${`
      position = start + 2
      continue
    }
    const end = text.indexOf('}', start)
    if (end < 0) throw new BadValue('expected a } that closes ${; write $${ for a literal ${', { hidden: true })
    result += text.slice(position, start) + (await evaluate(text.slice(start + 2, end), context))
    position = end + 1
  }
  return result + text.slice(position)
}

async function evaluate(expression: string, context: InterpolationContext): Promise<string> {
  if (expression.startsWith('file:')) return fileText(expression.slice(5), context)
  const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(expression) ?? []
  if (name === undefined || fallback?.includes('${')) {
    const forms = `\${VAR}, \${VAR:-default} or \${file:/path} (not nested)`
    throw new BadValue(`expected ${forms}; write $\${ for a literal \${`, { hidden: true })
  }
  const value = context.env[name]
  // As in a shell: the default also stands in for an empty value.
  if (fallback !== undefined && (value === undefined || value === '')) return fallback
  if (value !== undefined) return value
  throw new BadValue(
    `the environment variable ${name} is not set; set it before the start (or write \${${name}:-default})`,
    {
      hidden: true,
    },
  )
}

/** A secret's file: the line break that editors and `echo` put at its end is not part of the secret. */
async function fileText(name: string, context: InterpolationContext): Promise<string> {
  const path = resolvePath(name, context.folder)
  try {
    const text = await readText(path, maxSecretBytes)
    context.files.add(path)
    return text.replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(`\${file:${name}}: ${error.message}`, { hidden: true })
    throw error
  }
}

/** An absolute path; `~/` is the home folder, as in the original. */
export function resolvePath(path: string, folder: string): string {
  return path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(folder, path)
}
