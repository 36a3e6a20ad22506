import { ConfigError } from './config-error.js'
import { describeConfig } from './describe-config.js'
import { type LoadedConfig, type LoadOptions, loadConfig } from './load-config.js'

export interface CheckResult {
  /** 78 is EX_CONFIG of sysexits.h: a service manager can be told not to restart on it. */
  readonly exitCode: 0 | 78
  readonly text: string
}

/** `--check`: loads the configuration, starts nothing, and says what would run or what is wrong. */
export async function checkConfig(options: LoadOptions): Promise<CheckResult> {
  try {
    return { exitCode: 0, text: report(await loadConfig(options)) }
  } catch (error) {
    if (error instanceof ConfigError) return { exitCode: 78, text: error.message }
    throw error
  }
}

function report({ config, warnings }: LoadedConfig): string {
  const lines = ['the configuration is valid', ...describeConfig(config), ...warnings.map((text) => `warning: ${text}`)]
  return lines.join('\n')
}
