import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kind, Language } from './languages.js'

export interface Project {
  /** Also the scheme of its URIs. */
  readonly name: string
  readonly lang: string
  readonly kind: Kind
  /** Must not exist yet. */
  readonly directory: string
}

/** Writes a project from its templates: all of it, or nothing. Throws Error when a part of this installation is missing. */
export const writeProject = async (project: Project, language: Language): Promise<void> => {
  const target = resolve(project.directory)
  const draft = `${target}.${process.pid}`
  await mkdir(draft, { recursive: true })
  try {
    await copySdk(language, draft)
    for (const folder of ['common', project.kind])
      await copyTemplates(join(templates, project.lang, folder), draft, project)
    await copySource(project, language, draft)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

const checkout = fileURLToPath(new URL('../../../../', import.meta.url))
const templates = fileURLToPath(new URL('../../templates/', import.meta.url))

const copySdk = async ({ copies }: Language, draft: string): Promise<void> => {
  for (const [from, to] of Object.entries(copies)) {
    const source = ownPath(from)
    await cp(source, join(draft, to), { recursive: true, filter: (path) => isForUse(relative(source, path)) })
  }
}

/** No tests, nothing for the SDK's own makers, no results of tools. @param path within what is copied: a checkout may lie anywhere */
const isForUse = (path: string): boolean => !notForUse.some((pattern) => pattern.test(path))

const notForUse = [
  /\.test\.|_test\.go$|\.tsbuildinfo$|\.egg-info$/,
  /(^|\/)(__pycache__|\.\w+_cache|node_modules|tests?|testdata|examples|generate)(\/|$)/,
]

const ownPath = (path: string): string => {
  const found = join(checkout, path)
  if (existsSync(found)) return found
  throw new Error(`${path} is not part of this installation; run easyrest-server from a checkout of the project`)
}

const copyTemplates = async (from: string, to: string, project: Project): Promise<void> => {
  if (!existsSync(from)) return
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    // npm would leave a file of that name out of a package.
    const target = join(to, fill(entry.name === 'gitignore' ? '.gitignore' : entry.name, project))
    if (entry.isDirectory()) await copyTemplates(source, target, project)
    else await writeFilled(source, target, (text) => fill(text, project))
  }
}

const copySource = async (project: Project, { source }: Language, draft: string): Promise<void> => {
  const example = source[project.kind]
  if (example === undefined) return
  const name = example.name.replace(/\w+/, project.name)
  await writeFilled(ownPath(example.from), join(draft, example.to), (text) => text.replaceAll(example.name, name))
}

const fill = (text: string, { name }: Project): string =>
  text.replaceAll('{{name}}', name).replaceAll('{{scheme}}', name)

/** The mode is kept, so that programs stay executable. */
const writeFilled = async (from: string, to: string, change: (text: string) => string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to)
  await writeFile(to, change(await readFile(from, 'utf8')))
}
