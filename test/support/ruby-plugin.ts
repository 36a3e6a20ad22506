import { execFileSync, spawnSync } from 'node:child_process'
import { repositoryPath } from './repository-path.js'
import { requiredProgram } from './required-program.js'

/** The program of plugins/examples/ruby, with its generated code; undefined where Ruby, its gRPC or make is not installed. */
export function rubyPlugin(): string | undefined {
  const ruby = requiredProgram({ name: 'ruby', debianPackage: 'ruby-grpc' })
  const others = [
    requiredProgram({ name: 'grpc_ruby_plugin', debianPackage: 'protobuf-compiler-grpc' }),
    requiredProgram({ name: 'make', debianPackage: 'make' }),
  ]
  if (ruby === undefined || others.includes(undefined) || !hasGrpc(ruby)) return undefined
  const folder = repositoryPath('plugins', 'examples', 'ruby')
  execFileSync('make', ['--silent'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  return `${folder}/easyrest-plugin-pstore`
}

function hasGrpc(ruby: string): boolean {
  const found = spawnSync(ruby, ['-rgrpc', '-e', '1'], { stdio: 'ignore' }).status === 0
  if (found || process.env.CI !== 'true') return found
  throw new Error('CI=true, and Ruby has no gRPC: install it (Debian package ruby-grpc, or gem install grpc)')
}
