import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseArguments, UsageError } from './cli.js'

const flags = (...argv: string[]) => {
  const invocation = parseArguments(argv)
  return 'flags' in invocation ? invocation.flags : invocation
}

describe('The command line', () => {
  test('without arguments serves', () => {
    assert.deepEqual(parseArguments([]), { command: 'serve', flags: {} })
  })

  test('--check checks', () => {
    assert.deepEqual(parseArguments(['--check', '--config', 'a']), {
      command: 'check',
      start: false,
      flags: { config: 'a' },
    })
    assert.deepEqual(parseArguments(['--check', '--start']), { command: 'check', start: true, flags: {} })
  })

  test('reload reloads', () => {
    assert.deepEqual(parseArguments(['reload', '--config', 'a', '--admin', '/run/x.sock']), {
      command: 'reload',
      flags: { config: 'a', admin: '/run/x.sock' },
    })
  })

  test('R2: takes every flag of the original', () => {
    assert.deepEqual(
      flags(
        ...['--config=a', '--port=1', '--host=h', '--token-secret=s', '--token-user-search=u', '--check-scope=false'],
        ...['--access-log', '--enable-plugin-log', '--timezone=UTC', '--cors-enabled', '--cors-origins=a,b'],
        ...['--cors-methods=GET', '--cors-headers=X', '--cors-max-age=5', '--tls-cert-file=c', '--tls-key-file=k'],
        ...['--plugin=foo', '--plugin=bar', '--auth-flow=f', '--token-url=t'],
      ),
      {
        ...{ config: 'a', port: '1', host: 'h', tokenSecret: 's', tokenUserSearch: 'u', checkScope: 'false' },
        ...{ accessLog: 'true', enablePluginLog: 'true', timezone: 'UTC', corsEnabled: 'true', corsOrigins: 'a,b' },
        ...{ corsMethods: 'GET', corsHeaders: 'X', corsMaxAge: '5', tlsCertFile: 'c', tlsKeyFile: 'k' },
        ...{ plugin: ['foo', 'bar'], authFlow: 'f', tokenUrl: 't' },
      },
    )
  })

  test('knows the single dash of Go', () => {
    assert.deepEqual(flags('-config', 'x', '-port=8081', '-access-log', '-check-scope=false'), {
      ...{ config: 'x', port: '8081', accessLog: 'true', checkScope: 'false' },
    })
    assert.equal(parseArguments(['-version']).command, 'version')
    assert.equal(parseArguments(['-help']).command, 'help')
    assert.deepEqual(flags('-c', 'x'), { config: 'x' })
  })

  test('leaves the value of an option alone, whatever it looks like', () => {
    assert.deepEqual(flags('--token-secret', '-port', '-port', '1'), { tokenSecret: '-port', port: '1' })
  })

  test('--version prints the version, --help every option', () => {
    const version = parseArguments(['--version'])
    assert.match('text' in version ? version.text : '', /^\d+\.\d+\.\d+/)
    const help = parseArguments(['--help'])
    assert.match('text' in help ? help.text : '', /--config <file>.*--token-url/s)
  })

  test('a mistake is a UsageError with exit code 2 and a suggestion', () => {
    const message = (...argv: string[]) => {
      try {
        return parseArguments(argv)
      } catch (error) {
        assert.ok(error instanceof UsageError)
        assert.equal(error.exitCode, 2)
        return error.message
      }
    }
    assert.equal(
      message('--confg', 'x'),
      "unknown option '--confg' (Did you mean --config?); easyrest-server --help lists the options",
    )
    assert.equal(message('--port'), "option '--port <port>' argument missing; easyrest-server --help lists the options")
    assert.match(message('--start') as string, /--start belongs to --check/)
    assert.match(message('reload', '--check') as string, /exclude each other/)
    assert.match(message('reload', 'now') as string, /unexpected argument "now"/)
    assert.equal(message('x.yaml'), 'unexpected argument "x.yaml"; a configuration file is named with --config x.yaml')
  })
})
