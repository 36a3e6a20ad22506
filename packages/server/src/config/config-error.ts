/** The configuration cannot be used. Holds everything that is wrong with it, so that one look is enough. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(describeProblems(problems))
    this.problems = problems
  }

  /** About a key whose value has the right form and cannot be used all the same. */
  static of(path: string, message: string): ConfigError {
    return new ConfigError([{ file: 'configuration', line: 0, column: 0, path, message }])
  }
}

export interface Problem {
  /** As the operator named it; `environment` or `command line` for values from there. */
  readonly file: string
  /** Counted from 1; 0 where there is no such thing (the environment, a file that cannot be read). */
  readonly line: number
  readonly column: number
  /** Dotted path of the key, name of the variable or flag; empty for the whole file. */
  readonly path: string
  readonly message: string
}

export function describeProblem({ file, line, column, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`
}

function describeProblems(problems: readonly Problem[]): string {
  const lines = problems.map(describeProblem)
  return lines.length === 1 ? lines[0]! : `${lines.length} problems in the configuration:\n  ${lines.join('\n  ')}`
}
