import { isForDevelopment } from '../../files/classify.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import { isDeployment, isServing, leastReplicas, resolveShare } from './replicas.js'

/** Names that say that nobody minds when it is away for a moment. */
const isForTrying = ({ workload }: Container) =>
  isForDevelopment(workload.object.source.file) ||
  isForDevelopment(workload.object.namespace) ||
  /preview|staging|sandbox|demo/.test(`${workload.object.namespace}/${workload.object.source.file}`)

function checkSingle(container: Container): Outcomes {
  if (!isDeployment(container) || !isServing(container) || isForTrying(container)) return undefined
  const { count, at } = leastReplicas(container)
  const place = at?.place ?? container.workload.at
  if (count === undefined)
    return unseen({
      at: place,
      computed: 'replicas ?',
      message: 'how many replicas there are is filled in later',
    })
  if (count !== 1) return pass
  const how =
    container.traffic.autoscalers.length > 0 ? 'minReplicas 1' : `replicas 1${at ? '' : ' (the default)'}`
  return fail({
    at: place,
    computed: how,
    message: 'when its node is drained, or it is evicted, nobody serves until another one has started',
  })
}

function checkBudget(container: Container): Outcomes {
  if (!isDeployment(container) || !isServing(container) || isForTrying(container)) return undefined
  const { traffic, workload } = container
  const { count } = leastReplicas(container)
  const [budget] = traffic.budgets
  if (budget === undefined) {
    if (count === undefined || count < 2) return undefined
    return fail({
      at: workload.at,
      computed: `${count} replicas, no PodDisruptionBudget`,
      message: 'a node that is drained, or several at once, may take all of them',
    })
  }
  const [most, least] = [budget.tree.get('spec', 'maxUnavailable'), budget.tree.get('spec', 'minAvailable')]
  const allowed =
    count === undefined
      ? undefined
      : most
        ? resolveShare(most, '0', count, Math.ceil)
        : count - (resolveShare(least, '0', count, Math.ceil) ?? 0)
  const written = most ?? least
  if (allowed === undefined || written === undefined || allowed > 0) return pass
  return fail({
    at: written.place,
    computed: `${most ? 'maxUnavailable' : 'minAvailable'} ${written.text} of ${count}: 0 may go`,
    message: 'no pod may ever be evicted: draining a node hangs until somebody forces it',
  })
}

/** Rules about what happens when nodes go. */
export const disruptionRules = [
  rule({
    id: 'K41',
    name: 'single-replica',
    severity: 'warning',
    subject: 'container',
    check: checkSingle,
    why: 'A roll-out starts a second pod first, a drained node or an eviction does not: with one replica nobody serves meanwhile.',
    fix: 'replicas: 2 or more, or minReplicas of the autoscaler.',
    sources: [sources.disruptions],
  }),
  rule({
    id: 'K43',
    name: 'pdb',
    severity: 'warning',
    subject: 'container',
    check: checkBudget,
    why: 'Without a PodDisruptionBudget all replicas may be evicted at once. With one that allows nothing, no node can be drained, until somebody forces it.',
    fix: 'A PodDisruptionBudget with maxUnavailable: 1.',
    sources: [sources.disruptions],
  }),
]
