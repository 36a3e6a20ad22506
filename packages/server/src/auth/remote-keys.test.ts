import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type KeyFetch, RemoteKeys } from './remote-keys.js'
import { p256, p384, publicJwk } from './test-support/test-keys.js'

const minute = 60_000

describe('RemoteKeys', () => {
  it('asks once for many requests, and again when the keys are old', async () => {
    const issuer = new Issuer()
    await Promise.all([issuer.keys.current(), issuer.keys.current(), issuer.keys.renew()])
    assert.deepEqual([issuer.asked, await issuer.kids()], [1, ['a']])

    issuer.publish('b')
    issuer.time += 4 * minute
    assert.deepEqual([await issuer.kids(), issuer.asked], [['a'], 1])
    // In the background: nobody waits for it.
    issuer.time += minute
    assert.deepEqual([await issuer.kids(), issuer.asked], [['a'], 2])
    await issuer.keys.renew()
    assert.deepEqual([await issuer.kids(), issuer.asked], [['b'], 2])
  })

  it('waits for newer ones where nobody asked for long: a key may have been withdrawn', async () => {
    const issuer = new Issuer()
    await issuer.keys.current()
    issuer.publish('b')
    issuer.time += 10 * minute
    assert.deepEqual(await issuer.kids(), ['b'])
  })

  it('asks for a key that is missing at most twice a minute, whether it worked or not', async () => {
    const issuer = new Issuer()
    await issuer.keys.current()
    for (const isDown of [false, true]) {
      issuer.isDown = isDown
      issuer.asked = 0
      for (let second = 0; second < 300; second++) {
        issuer.time += 1000
        await issuer.keys.renew()
      }
      assert.equal(issuer.asked, 10, `down: ${isDown}`)
    }
  })

  it('keeps the last good keys for as long as the issuer is away or talks rubbish', async () => {
    const issuer = new Issuer()
    const before = await issuer.keys.current()
    for (const fail of [() => (issuer.isDown = true), () => issuer.say('<html>'), () => issuer.say('{"keys":[]}')]) {
      fail()
      issuer.time += 60 * minute
      await issuer.keys.renew()
      assert.equal(await issuer.keys.current(), before)
      issuer.isDown = false
    }
    assert.deepEqual(
      issuer.outcomes.slice(1).map((outcome) => outcome.kind === 'keys-not-fetched' && [outcome.kept, outcome.again]),
      [
        [1, false],
        [1, true],
        [1, true],
      ],
    )
  })

  it('holds up nobody during an outage', async () => {
    const issuer = new Issuer()
    await issuer.keys.current()
    issuer.isDown = true
    issuer.time += 60 * minute
    await issuer.keys.current()
    issuer.hang()
    issuer.time += minute
    assert.deepEqual(await issuer.kids(), ['a'])
    assert.equal(issuer.asked, 3)
  })

  it('looks every second while it has none, and says why it has none', async () => {
    const issuer = new Issuer()
    issuer.isDown = true
    await assert.rejects(issuer.keys.ready(), /^Error: the keys at https:\/\/id\.example\/keys cannot be had: away$/)
    assert.equal(await issuer.keys.current(), undefined)
    assert.equal(issuer.asked, 1)
    issuer.isDown = false
    issuer.time += 1000
    await issuer.keys.ready()
    assert.deepEqual(await issuer.kids(), ['a'])
  })

  it('answers the same array while the same is published, so that verified tokens can be remembered', async () => {
    const issuer = new Issuer()
    const first = await issuer.keys.current()
    issuer.time += 10 * minute
    assert.equal(await issuer.keys.current(), first)
    issuer.publish('b')
    issuer.time += 10 * minute
    assert.notEqual(await issuer.keys.current(), first)
    const changed = issuer.outcomes.map((outcome) => outcome.kind === 'keys-fetched' && outcome.changed)
    assert.deepEqual(changed, [true, false, true])
  })

  it('tells nobody the query of the URL', async () => {
    const issuer = new Issuer('https://id.example/keys?secret=1')
    issuer.isDown = true
    await assert.rejects(issuer.keys.ready(), (error: Error) => !error.message.includes('secret'))
    assert.doesNotMatch(JSON.stringify(issuer.outcomes), /secret/)
  })
})

/** An issuer that publishes one key, and the keys as the server sees them; time stands unless it is moved. */
class Issuer {
  asked = 0
  isDown = false
  time = 0
  readonly outcomes: KeyFetch[] = []
  readonly keys: RemoteKeys
  private text = ''
  private hangs = false

  constructor(url = 'https://id.example/keys') {
    this.publish('a')
    this.keys = new RemoteKeys(url, {
      now: () => this.time,
      observe: (outcome) => this.outcomes.push(outcome),
      fetch: () => this.answer(),
    })
  }

  publish(kid: 'a' | 'b'): void {
    this.say(JSON.stringify({ keys: [{ ...publicJwk(kid === 'a' ? p256 : p384), kid }] }))
  }

  say(text: string): void {
    this.text = text
  }

  hang(): void {
    this.hangs = true
  }

  async kids(): Promise<(string | undefined)[]> {
    return ((await this.keys.current()) ?? []).map(({ kid }) => kid)
  }

  private async answer(): Promise<string> {
    this.asked++
    if (this.hangs) return new Promise(() => {})
    if (this.isDown) throw new Error('away')
    return this.text
  }
}
