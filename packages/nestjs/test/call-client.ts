import { fileURLToPath } from 'node:url'
import {
  Client,
  credentials,
  loadPackageDefinition,
  type MethodDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { service as health } from 'grpc-health-check'

type Definition = MethodDefinition<object, Record<string, unknown>>

const proto = fileURLToPath(new URL('scenarios/work.proto', import.meta.url))
const packages = loadPackageDefinition(loadSync(proto)) as unknown as {
  readonly work: { readonly Work: ServiceClientConstructor }
}
const { Answer, Count } = packages.work.Work.service as unknown as Record<'Answer' | 'Count', Definition>
const { Check } = health as unknown as Record<'Check', Definition>

/** A channel of its own to the service of the scenarios. */
export class CallClient implements Disposable {
  readonly #client: Client

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    })
  }

  /** Rejects with grpc-js's error, which has the code. */
  async answer(ms = 0): Promise<unknown> {
    return (await this.#unary(Answer, { ms }))['text']
  }

  /** Asks a handler to stop its process. */
  async stop(): Promise<unknown> {
    return (await this.#unary(Answer, { times: 1 }))['text']
  }

  /** What came of a stream, once it has ended with this code. */
  count(ms: number, times: number): Promise<{ readonly values: unknown[]; readonly code: number }> {
    const values: unknown[] = []
    const { path, requestSerialize, responseDeserialize } = Count
    const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      ms,
      times,
    })
    call.on('data', ({ value }) => values.push(value))
    // The status comes as an event of its own, too.
    call.on('error', () => {})
    return new Promise((resolve) => call.on('status', ({ code }: StatusObject) => resolve({ values, code })))
  }

  /** Asks the health service. */
  async health(service: string): Promise<unknown> {
    return (await this.#unary(Check, { service }))['status']
  }

  [Symbol.dispose](): void {
    this.#client.close()
  }

  #unary({ path, requestSerialize, responseDeserialize }: Definition, request: object) {
    return new Promise<Record<string, unknown>>((resolve, reject) =>
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        (error: ServiceError | null, value) => (error ? reject(error) : resolve(value ?? {})),
      ),
    )
  }
}
