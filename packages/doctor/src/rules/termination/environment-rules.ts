import { environmentVariables, nearest } from '@lameduck/core/plan'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import type { ProcessSubject } from '../subjects.js'

const names = environmentVariables.map(({ name }) => name)

const speaks = ({ env }: ProcessSubject) => [...env.keys()].some((name) => name.startsWith('LAMEDUCK_'))

function checkValues(subject: ProcessSubject): Outcomes {
  const { drain, env, at } = subject
  if (drain.problem === undefined) return speaks(subject) && drain.plan ? pass : undefined
  const { error, variable } = drain.problem
  return fail({
    at: (variable && env.get(variable)?.at) || (drain.asked?.fact.at ?? at),
    computed: error.code,
    message: `lameduck refuses to start: ${error.message}`,
  })
}

function checkNames(subject: ProcessSubject): Outcomes {
  if (!speaks(subject)) return undefined
  const unknown = [...subject.env].filter(([name]) => name.startsWith('LAMEDUCK_') && !names.includes(name))
  if (unknown.length === 0) return pass
  return unknown.map(([name, { at }]) => {
    const meant = nearest(name, names)
    return fail({
      at,
      computed: name,
      message: `lameduck knows no such variable${meant ? `; did you mean ${meant}?` : ''}`,
    })
  })
}

/** Rules about variables that speak to lameduck. */
export const environmentRules = [
  rule({
    id: 'L01',
    name: 'environment-invalid',
    severity: 'error',
    subject: 'process',
    check: checkValues,
    why: 'A variable whose value lameduck cannot use, or settings that cannot fit together, end the process when it starts.',
    fix: 'Set what the message asks for.',
    sources: [sources.options],
  }),
  rule({
    id: 'L02',
    name: 'environment-unknown',
    severity: 'warning',
    subject: 'process',
    check: checkNames,
    why: 'A variable that lameduck does not know sets nothing, and is most likely misspelt.',
    fix: 'Write the name that is meant.',
    sources: [sources.options],
  }),
]
