import { describe, expect, test } from 'vitest'
import { nextState, type State, type Transition, transitions } from '../src/lifecycle/state.js'

const states: State[] = ['starting', 'ready', 'draining', 'stopped']
const moves: Transition[] = ['becomeReady', 'drain', 'finish']

describe('the transition table', () => {
  const legal: Record<string, State> = {
    'starting becomeReady': 'ready',
    'starting drain': 'draining',
    'ready drain': 'draining',
    'draining finish': 'stopped',
  }

  for (const state of states) {
    for (const move of moves) {
      const to = legal[`${state} ${move}`]
      test(`${state} --${move}--> ${to ?? 'nowhere'}`, () => {
        expect(nextState(state, move)).toBe(to)
      })
    }
  }

  test('readiness never comes back: nothing leads to ready but starting', () => {
    const sources = states.filter((state) => (Object.values(transitions[state]) as State[]).includes('ready'))
    expect(sources).toEqual(['starting'])
  })
})
