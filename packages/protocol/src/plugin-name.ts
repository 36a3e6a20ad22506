import { endianness } from 'node:os'

/** The file names a plugin for `scheme` may have on this machine, most specific first. */
export const pluginFileNames = (scheme: string, platform = process.platform, arch: string = process.arch): string[] => {
  const base = `easyrest-plugin-${scheme}`
  const extension = platform === 'win32' ? '.exe' : ''
  const names = [`${base}-${goPlatform(platform)}-${goArch(arch)}`, `${base}-${platform}-${arch}`, base]
  return [...new Set(names)].map((name) => name + extension)
}

const goPlatform = (platform: string): string => ({ win32: 'windows', sunos: 'solaris' })[platform] ?? platform

const goArch = (arch: string): string => {
  if (arch === 'ppc64') return endianness() === 'LE' ? 'ppc64le' : 'ppc64'
  return { x64: 'amd64', ia32: '386', mipsel: 'mipsle' }[arch] ?? arch
}
