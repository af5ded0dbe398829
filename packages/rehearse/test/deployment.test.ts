import { describe, expect, test } from 'vitest'
import {
  type DeployedReplica,
  type DeploymentStep,
  nextStep,
  type ReplicaPhase,
  rolledOut,
} from '../src/deployment.js'

const replica = (id: string, generation: number, phase: ReplicaPhase): DeployedReplica => ({
  id,
  generation,
  phase,
})
const old = (phase: ReplicaPhase, id = 'a') => replica(id, 0, phase)
const wanted = (phase: ReplicaPhase, id = 'z') => replica(id, 1, phase)

describe('nextStep', () => {
  test('starts all replicas of a first deployment at once', () => {
    expect(nextStep([], 3, 0)).toEqual({ start: 3, stop: [] })
  })

  test('starts one more than wanted, and stops nothing before that one is ready', () => {
    const three = [old('ready', 'a'), old('ready', 'b'), old('ready', 'c')]
    expect(nextStep(three, 3, 1)).toEqual({ start: 1, stop: [] })
    expect(nextStep([...three, wanted('starting')], 3, 1)).toEqual({ start: 0, stop: [] })
  })

  test('stops the oldest when the new one is ready', () => {
    const replicas = [old('ready', 'a'), old('ready', 'b'), wanted('ready')]
    expect(nextStep(replicas, 2, 1)).toEqual({ start: 0, stop: ['a'] })
  })

  test('goes on with the next one without waiting for a terminating process', () => {
    const replicas = [old('terminating', 'a'), old('ready', 'b'), wanted('ready')]
    expect(nextStep(replicas, 2, 1)).toEqual({ start: 1, stop: [] })
  })

  test('stops old replicas that are not ready first, since nobody is served by them', () => {
    const replicas = [old('ready', 'a'), old('unready', 'b'), wanted('starting')]
    expect(nextStep(replicas, 2, 1).stop).toEqual(['b'])
  })

  test('replaces a replica that ended by itself', () => {
    expect(nextStep([wanted('gone', 'y'), wanted('ready', 'z')], 2, 1)).toEqual({ start: 1, stop: [] })
  })

  test('is quiet when the roll-out is over', () => {
    expect(nextStep([old('gone'), wanted('ready')], 1, 1)).toEqual({ start: 0, stop: [] })
  })

  test('never has fewer ready replicas than wanted, nor more than one above, all the way through', () => {
    const desired = 3
    const replicas = ['a', 'b', 'c'].map((id) => old('ready', id))
    for (let round = 0; round < 20; round++) {
      play(replicas, nextStep(replicas, desired, 1))
      const alive = replicas.filter(({ phase }) => phase !== 'terminating' && phase !== 'gone')
      expect(alive.length).toBeLessThanOrEqual(desired + 1)
      expect(alive.filter(({ phase }) => phase === 'ready').length).toBeGreaterThanOrEqual(desired)
      for (const each of alive) each.phase = 'ready'
    }
    for (const each of replicas) if (each.phase === 'terminating') each.phase = 'gone'
    expect(rolledOut(replicas, desired, 1)).toBe(true)
  })
})

function play(replicas: DeployedReplica[], { start, stop }: DeploymentStep): void {
  for (const each of replicas) if (stop.includes(each.id)) each.phase = 'terminating'
  for (let i = 0; i < start; i++) replicas.push(wanted('starting', `n${replicas.length}`))
}

describe('rolledOut', () => {
  test('waits for old processes and for readiness', () => {
    expect(rolledOut([old('terminating'), wanted('ready')], 1, 1)).toBe(false)
    expect(rolledOut([old('gone'), wanted('starting')], 1, 1)).toBe(false)
    expect(rolledOut([old('gone'), wanted('ready')], 1, 1)).toBe(true)
  })
})
