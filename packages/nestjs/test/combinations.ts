import type { ServerUnderTest } from '@lameduck/conformance'

/**
 * Every combination of this Nest that `@lameduck/nestjs` supports: on one of its platforms, with one of the protocols. Each
 * has a program in `subjects/`. The whole suite for each of them takes minutes.
 */
export const subjectsOf = (nest: 11 | 12): readonly ServerUnderTest[] =>
  ['express', 'fastify'].flatMap((platform) =>
    (['http', 'https'] as const).map((protocol) => ({
      name: `Nest ${nest} on ${platform} with ${protocol}`,
      script: new URL(`subjects/nest-${nest}-${platform}-${protocol}.mjs`, import.meta.url),
      protocol,
      capabilities:
        protocol === 'https' ? (['upgrade', 'tls'] as const) : (['upgrade', 'load in the matrix'] as const),
    })),
  )
