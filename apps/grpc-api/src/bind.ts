import { type Server, ServerCredentials } from '@grpc/grpc-js'

/** Binds to `PORT` (50051) on `HOST` (all addresses) from the environment. */
export function bind(server: Server, env: { PORT?: string; HOST?: string } = process.env): Promise<number> {
  const address = `${env.HOST ?? '0.0.0.0'}:${env.PORT ?? 50051}`
  return new Promise((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  )
}
