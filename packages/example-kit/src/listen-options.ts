/** Where an example service listens: `PORT` (3000) and `HOST` (all addresses) from the environment. */
export function listenOptions(env: { PORT?: string; HOST?: string } = process.env): {
  port: number
  host: string
} {
  return { port: Number(env.PORT ?? 3000), host: env.HOST ?? '0.0.0.0' }
}
