import { defects } from './defects.js'
import { inOneThread } from './load-defects.js'
import type { ProgramDefect } from './program-defect.js'

/** The defect that DEFECT names, or a control, with which nothing is wrong. */
export const namedDefect = (name = process.env.DEFECT ?? ''): ProgramDefect => {
  const defect = controls[name] ?? defects[name]
  if (defect === undefined) throw new Error(`expected DEFECT to name a defect, got ${JSON.stringify(name)}`)
  return typeof defect === 'function' ? { db: defect } : defect
}

const controls: Readonly<Record<string, ProgramDefect>> = {
  none: {},
  'none-threaded': { threaded: true },
  'none-in-one-thread': { threaded: true, options: inOneThread },
}
