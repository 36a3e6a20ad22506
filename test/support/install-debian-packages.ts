import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** Whether this process may install packages: as root where there is apt-get. */
export const canInstallPackages = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

/** Installs Debian packages and starts none of the services in them. Whether it went well shows in what is there afterwards. */
export function installDebianPackages(packages: readonly string[]): void {
  const leave = keepServicesDown()
  try {
    aptGet('update')
    aptGet('install', '-y', '--no-install-recommends', ...options, ...packages)
  } finally {
    leave()
  }
}

const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Options::=--force-confold']

function aptGet(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Debian asks this program before it starts a service; 101 means no. One that is there already is left as it is. */
function keepServicesDown(): () => void {
  if (existsSync(policy)) return () => {}
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return () => rmSync(policy, { force: true })
}

const policy = '/usr/sbin/policy-rc.d'
