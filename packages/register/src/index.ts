// What `import` and `--import` load. All of it is CommonJS, because core has to be there the moment a server listens: nothing of ESM can
// be loaded in the middle of that.
import { createRequire } from 'node:module'
import type { Lifecycle } from '@lameduck/core'

export type { Lifecycle, Report } from '@lameduck/core'

const register = createRequire(import.meta.url)('../cjs/register.js') as { readonly lifecycle: Lifecycle }

/**
 * The lifecycle that drains this process: for hooks, checks and whatever else takes part. It begins when it is first used, or
 * when the first server listens.
 *
 * @throws {LifecycleError} ENVIRONMENT_INVALID, OPTIONS_DO_NOT_FIT when it is first used, if the environment cannot be
 */
export const lifecycle: Lifecycle = register.lifecycle
