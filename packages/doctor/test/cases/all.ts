import type { Cases } from './case.js'
import { clusterCases } from './cluster.js'
import { imageCases } from './images.js'
import { kubernetesCases } from './kubernetes.js'
import { metaCases } from './meta.js'
import { platformCases } from './platforms.js'
import { startCases } from './starts.js'

/** What every rule says about what. */
export const cases: Cases = {
  ...startCases,
  ...imageCases,
  ...kubernetesCases,
  ...clusterCases,
  ...platformCases,
  ...metaCases,
}
