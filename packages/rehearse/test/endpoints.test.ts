import { describe, expect, test } from 'vitest'
import { arrivalOfNews, createEndpointList, type Endpoint, pickEndpoint } from '../src/endpoints.js'

const endpoint = (id: string, ready = true): Endpoint => ({
  id,
  address: { host: '127.0.0.1', port: 1 },
  ready,
})

describe('pickEndpoint', () => {
  test('gives every ready endpoint the same share', () => {
    const endpoints = [endpoint('a'), endpoint('b'), endpoint('c', false), endpoint('d')]
    const picked = Array.from({ length: 300 }, (_, i) => pickEndpoint(endpoints, i / 300)?.id)
    for (const id of ['a', 'b', 'd']) expect(picked.filter((each) => each === id)).toHaveLength(100)
  })

  test('falls back to endpoints that are going but still serve', () => {
    expect(pickEndpoint([endpoint('a', false)], 0.5)?.id).toBe('a')
  })

  test('picks nobody from nothing', () => {
    expect(pickEndpoint([], 0)).toBeUndefined()
  })
})

describe('arrivalOfNews', () => {
  test('spreads the delay by half of it', () => {
    expect(arrivalOfNews(100, 0, 1000, 0)).toBe(600)
    expect(arrivalOfNews(100, 0, 1000, 0.5)).toBe(1100)
    expect(arrivalOfNews(100, 0, 1000, 1)).toBe(1600)
  })

  test('does not overtake earlier news', () => {
    expect(arrivalOfNews(100, 1500, 1000, 0)).toBe(1500)
  })

  test('is now without a delay', () => {
    expect(arrivalOfNews(100, 0, 0, 0.7)).toBe(100)
  })
})

describe('createEndpointList', () => {
  test('knows of an endpoint only after the delay, and forgets it likewise', async () => {
    const list = createEndpointList(20)
    list.announce('a', endpoint('a'))
    expect(list.pick()).toBeUndefined()
    await list.settled()
    expect(list.pick()?.id).toBe('a')
    list.announce('a', undefined)
    expect(list.pick()?.id).toBe('a')
    await list.settled()
    expect(list.pick()).toBeUndefined()
  })

  test('drops what is under way when it is closed', async () => {
    const list = createEndpointList(60_000)
    list.announce('a', endpoint('a'))
    list.close()
    await list.settled()
    expect(list.pick()).toBeUndefined()
  })
})
