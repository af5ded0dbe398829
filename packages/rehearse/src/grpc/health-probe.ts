import { Client, credentials, type MethodDefinition, type ServiceError, status } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import type { Address } from '../endpoints.js'
import type { ProbeResult } from '../probe-result.js'
import { isUnconnected } from './call-outcome.js'

/** Of grpc/health/v1/health.proto what a probe needs. */
const definition = fromJSON(
  {
    nested: {
      'grpc.health.v1': {
        nested: {
          Health: {
            methods: {
              Check: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse', comment: '' },
            },
          },
          HealthCheckRequest: { fields: { service: { type: 'string', id: 1 } } },
          HealthCheckResponse: {
            fields: { status: { type: 'ServingStatus', id: 1 } },
            nested: {
              ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
            },
          },
        },
      },
    },
  },
  { enums: String, defaults: true },
)
const { Check } = definition['grpc.health.v1.Health'] as unknown as {
  Check: MethodDefinition<{ service: string }, { status: string }>
}

/**
 * Asks `grpc.health.v1.Health/Check` once, as the kubelet does for a `grpc` probe: on a connection of its own, one second at most,
 * success is SERVING. Never rejects.
 *
 * @param service the empty text asks for the server as a whole
 * @param timeout milliseconds
 */
export function probeHealth({ host, port }: Address, service: string, timeout: number): Promise<ProbeResult> {
  const client = new Client(`${host}:${port}`, credentials.createInsecure(), {
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.primary_user_agent': 'kube-probe/1.34',
  })
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      Check.path,
      Check.requestSerialize,
      Check.responseDeserialize,
      { service },
      { deadline: Date.now() + timeout },
      (error, answer) => {
        client.close()
        resolve(error ? failed(error, timeout) : checked(answer?.status))
      },
    )
  })
}

function checked(serving = 'UNKNOWN'): ProbeResult {
  return { success: serving === 'SERVING', answered: true, detail: serving }
}

function failed(error: ServiceError, timeout: number): ProbeResult {
  const detail =
    error.code === status.DEADLINE_EXCEEDED
      ? `no answer within ${timeout} ms`
      : `${status[error.code]}: ${error.details}`
  return { success: false, answered: !isUnconnected(error), detail }
}
