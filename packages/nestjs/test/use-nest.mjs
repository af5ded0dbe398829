// For `--import`: the scenario that follows runs on the Nest that the test asked for.
import { useNest } from './nest-version.mjs'

useNest(Number(process.env.NEST ?? 12))
