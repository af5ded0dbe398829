import { imageRules } from './images/image-rules.js'
import { knativeRules } from './knative/knative-rules.js'
import { metaRules } from './meta/meta-rules.js'
import { frameworkRules } from './packages/framework-rules.js'
import { packageRules } from './packages/package-rules.js'
import { composeRules } from './platforms/compose-rules.js'
import { hostedRules } from './platforms/hosted-rules.js'
import { systemdRules } from './platforms/systemd-rules.js'
import { presenceRules } from './probes/presence-rules.js'
import { targetRules } from './probes/target-rules.js'
import { timingRules } from './probes/timing-rules.js'
import type { Rule } from './rule.js'
import { managerRules } from './starts/manager-rules.js'
import { platformInitRules, shellRules } from './starts/shell-rules.js'
import { budgetRules } from './termination/budget-rules.js'
import { environmentRules } from './termination/environment-rules.js'
import { hookRules } from './termination/hook-rules.js'
import { balancerRules } from './traffic/balancer-rules.js'
import { clusterRules } from './traffic/cluster-rules.js'
import { disruptionRules } from './traffic/disruption-rules.js'
import { rolloutRules } from './traffic/rollout-rules.js'

const byId = (a: Rule, b: Rule) => (a.id < b.id ? -1 : 1)

/** All rules, by their ids. */
export const rules: readonly Rule[] = [
  ...shellRules,
  ...platformInitRules,
  ...managerRules,
  ...imageRules,
  ...packageRules,
  ...frameworkRules,
  ...presenceRules,
  ...timingRules,
  ...targetRules,
  ...budgetRules,
  ...environmentRules,
  ...hookRules,
  ...rolloutRules,
  ...disruptionRules,
  ...balancerRules,
  ...clusterRules,
  ...knativeRules,
  ...composeRules,
  ...systemdRules,
  ...hostedRules,
  ...Object.values(metaRules),
].sort(byId)

/** A rule by its id. */
export const findRule = (id: string): Rule | undefined => rules.find((each) => each.id === id)
