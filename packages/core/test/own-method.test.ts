import { describe, expect, test } from 'vitest'
import { ownMethod } from '../src/servers/own-method.js'

class Server {
  closed: unknown[] = []
  close(...args: unknown[]) {
    this.closed.push(args)
    return 'closed'
  }
}

const answering = (args: readonly unknown[], original: (...args: unknown[]) => unknown) => original(...args)

describe('a method of the application’s own', () => {
  test('closes nothing while it is held, is called when the server has drained, and at once after that', () => {
    const server = new Server()
    const method = ownMethod(server, 'close', answering, 'server')
    method.hold()
    method.hold()
    const done = () => {}
    expect(server.close(done)).toBe(server)
    expect(server.closed).toEqual([])
    method.settle()
    expect(server.closed).toEqual([[done]])
    expect(server.close('later')).toBe(server)
    expect(server.closed).toHaveLength(2)
    expect(method.call('in earnest')).toBe('closed')
    method.giveBack()
    method.giveBack()
    expect(Object.hasOwn(server, 'close')).toBe(false)
    expect(method.call('as ever')).toBe('closed')
  })

  test('promises what the original gives, or its error', async () => {
    const server = new Server()
    const method = ownMethod(server, 'close', answering, 'promise')
    method.hold()
    const waiting = server.close() as unknown as Promise<unknown>
    method.settle()
    await expect(waiting).resolves.toBe('closed')
    expect(server.close()).toBe('closed')
    const broken = new Server()
    const failing = ownMethod(broken, 'close', () => Promise.reject(new Error('no')), 'promise')
    failing.hold()
    const rejected = broken.close() as unknown as Promise<unknown>
    failing.settle()
    await expect(rejected).rejects.toThrow('no')
    const throwing = new Server()
    const thrown = ownMethod(
      throwing,
      'close',
      () => {
        throw new Error('at once')
      },
      'promise',
    )
    thrown.hold()
    const caught = throwing.close() as unknown as Promise<unknown>
    thrown.settle()
    await expect(caught).rejects.toThrow('at once')
  })

  test('is what somebody else has put there, before and meanwhile; what is none, or cannot be replaced, is left alone', () => {
    const server = Object.assign(new Server(), { close: (): string => 'theirs' })
    const method = ownMethod(server, 'close', answering, 'nothing')
    method.hold()
    expect(server.close()).toBeUndefined()
    expect(method.call()).toBe('theirs')
    method.giveBack()
    expect(server.close()).toBe('theirs')

    method.hold()
    const around = () => 'around'
    server.close = around
    method.giveBack()
    expect(server.close).toBe(around)

    const none = {}
    const missing = ownMethod(none, 'close', answering, 'nothing')
    missing.hold()
    expect(missing.call()).toBeUndefined()
    missing.giveBack()
    expect(none).toEqual({})

    const frozen = Object.freeze({ close: () => 'frozen' })
    const refused = ownMethod(frozen, 'close', answering, 'nothing')
    refused.hold()
    expect(frozen.close()).toBe('frozen')
    expect(refused.call()).toBe('frozen')
  })

  test('does what it did before once it is given back, also for who has put something around it meanwhile', () => {
    const server = new Server()
    const method = ownMethod(server, 'close', () => undefined, 'server')
    for (const round of [1, 2]) {
      method.hold()
      const { close } = server
      server.close = (...args) => close.apply(server, args)
      server.close(`held in round ${round}`)
      method.settle()
      method.giveBack()
      expect(server.close(`round ${round}`)).toBe('closed')
    }
    expect(server.closed).toEqual([['round 1'], ['round 2']])
  })
})
