import { readFileSync } from 'node:fs'
import {
  type CallOptions,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js'
import {
  type HealthCheckResponse,
  type HealthListResponse,
  healthDefinition,
} from '../src/health-definition.js'

const certificate = new URL('../../conformance/fixtures/localhost-cert.pem', import.meta.url)
const serialize = (value: unknown) => Buffer.from(JSON.stringify(value))
const deserialize = (bytes: Buffer) => JSON.parse(bytes.toString()) as Record<string, unknown>
const health = healthDefinition()

export interface ChannelOf {
  readonly tls?: boolean
  readonly options?: ChannelOptions
}

/** How a stream ended, and what came before. */
export interface Streamed {
  readonly messages: Record<string, unknown>[]
  readonly status: Promise<StatusObject>
  /** Resolves when this many messages have come. */
  atLeast(count: number): Promise<void>
}

const follow = (
  call: ClientReadableStream<Record<string, unknown>> | ClientDuplexStream<unknown, Record<string, unknown>>,
): Streamed => {
  const messages: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  call.on('data', (message: Record<string, unknown>) => {
    messages.push(message)
    for (const look of waiting) look()
  })
  // The status comes as an event of its own, too.
  call.on('error', () => {})
  return {
    messages,
    status: new Promise((resolve) => call.on('status', resolve)),
    atLeast: (count) =>
      new Promise((resolve) => {
        const look = () => messages.length >= count && resolve()
        waiting.add(look)
        look()
      }),
  }
}

/** A channel of its own to the service of the scenarios. */
export class WorkClient implements Disposable {
  readonly #client: Client

  constructor(target: string | number, { tls = false, options = {} }: ChannelOf = {}) {
    const trust = tls ? credentials.createSsl(readFileSync(certificate)) : credentials.createInsecure()
    this.#client = new Client(typeof target === 'number' ? `127.0.0.1:${target}` : target, trust, {
      'grpc.use_local_subchannel_pool': 1,
      ...(tls ? { 'grpc.ssl_target_name_override': 'localhost' } : {}),
      ...options,
    })
  }

  /** Resolves with the answer; rejects with grpc-js's error, which has the code. */
  unary(method: string, request: object = {}, options: CallOptions = {}): Promise<Record<string, unknown>> {
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/test.Work/${method}`,
        serialize,
        deserialize,
        request,
        new Metadata(),
        options,
        (error: ServiceError | null, value) => (error ? reject(error) : resolve(value ?? {})),
      )
    })
    // A test may look at it later than it fails.
    answered.catch(() => {})
    return answered
  }

  answer(ms = 0, options: CallOptions = {}): Promise<Record<string, unknown>> {
    return this.unary('Answer', { ms }, options)
  }

  count(request: object = {}): Streamed & { readonly call: ClientReadableStream<Record<string, unknown>> } {
    return this.stream('Count', request)
  }

  stream(
    method: string,
    request: object = {},
  ): Streamed & { readonly call: ClientReadableStream<Record<string, unknown>> } {
    const call = this.#client.makeServerStreamRequest(`/test.Work/${method}`, serialize, deserialize, request)
    return { ...follow(call), call }
  }

  chat(): Streamed & { readonly call: ClientDuplexStream<unknown, Record<string, unknown>> } {
    const call = this.#client.makeBidiStreamRequest('/test.Work/Chat', serialize, deserialize)
    return { ...follow(call), call }
  }

  sum(): { readonly call: ClientWritableStream<object>; readonly answer: Promise<unknown> } {
    let call: ClientWritableStream<object> | undefined
    const answer = new Promise((resolve, reject) => {
      call = this.#client.makeClientStreamRequest('/test.Work/Sum', serialize, deserialize, (error, value) =>
        error ? reject(error) : resolve(value),
      )
    })
    return { call: call as unknown as ClientWritableStream<object>, answer }
  }

  /** Rejects with NOT_FOUND for a service that is unknown. */
  check(service: string): Promise<string> {
    const { path, requestSerialize, responseDeserialize } = health['Check'] as NonNullable<
      (typeof health)[string]
    >
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<object, HealthCheckResponse>(
        path,
        requestSerialize,
        responseDeserialize,
        { service },
        (error, value) => (error ? reject(error) : resolve(value?.status ?? '')),
      )
    })
  }

  listHealth(): Promise<Record<string, string>> {
    const { path, requestSerialize, responseDeserialize } = health['List'] as NonNullable<
      (typeof health)[string]
    >
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<object, HealthListResponse>(
        path,
        requestSerialize,
        responseDeserialize,
        {},
        (error, value) => {
          if (error) reject(error)
          else {
            const entries = Object.entries(value?.statuses ?? {})
            resolve(Object.fromEntries(entries.map(([name, { status }]) => [name, status])))
          }
        },
      )
    })
  }

  watch(service: string): Streamed & { readonly call: ClientReadableStream<Record<string, unknown>> } {
    const { path, requestSerialize, responseDeserialize } = health['Watch'] as NonNullable<
      (typeof health)[string]
    >
    const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      service,
    })
    return { ...follow(call), call }
  }

  /** Connects without a call. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#client.waitForReady(Date.now() + 5000, (error) => (error ? reject(error) : resolve())),
    )
  }

  [Symbol.dispose](): void {
    this.#client.close()
  }
}
