/** A Nest, on one of its platforms, with one of the protocols: each has a program in `subjects/`. */
export interface Combination {
  readonly name: string
  readonly script: URL
  readonly protocol: 'http' | 'https'
}

/** Every combination that `@lameduck/nestjs` supports. */
export const combinations: readonly Combination[] = ['11', '12'].flatMap((version) =>
  ['express', 'fastify'].flatMap((platform) =>
    (['http', 'https'] as const).map((protocol) => ({
      name: `Nest ${version} on ${platform} with ${protocol}`,
      script: new URL(`subjects/nest-${version}-${platform}-${protocol}.mjs`, import.meta.url),
      protocol,
    })),
  ),
)
