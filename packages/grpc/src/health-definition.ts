import type { ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

const name = 'grpc.health.v1.Health'
const prefix = `/${name}/`

/** The path of its first method. */
export const healthPath = `${prefix}Check`

/** Whether a method is one of the health service's. */
export const isHealthPath = (path: string): boolean => path.startsWith(prefix)

/** What a service's health is. `SERVICE_UNKNOWN` is only for Watch. */
export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'

/** A message of grpc.health.v1. */
export interface HealthCheckRequest {
  readonly service: string
}

/** A message of grpc.health.v1. */
export interface HealthCheckResponse {
  readonly status: ServingStatus
}

/** A message of grpc.health.v1. */
export interface HealthListResponse {
  readonly statuses: Readonly<Record<string, HealthCheckResponse>>
}

/** The messages and methods of grpc/health/v1/health.proto, in the form that needs no file beside the code. */
const proto = {
  HealthCheckRequest: { fields: { service: { type: 'string', id: 1 } } },
  HealthCheckResponse: {
    fields: { status: { type: 'ServingStatus', id: 1 } },
    nested: {
      ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
    },
  },
  HealthListRequest: { fields: {} },
  HealthListResponse: { fields: { statuses: { keyType: 'string', type: 'HealthCheckResponse', id: 1 } } },
  Health: {
    methods: {
      Check: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse' },
      Watch: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse', responseStream: true },
      List: { requestType: 'HealthListRequest', responseType: 'HealthListResponse' },
    },
  },
}

/** The health service, as grpc-js wants it defined. */
export function healthDefinition(): ServiceDefinition {
  const root = { nested: { grpc: { nested: { health: { nested: { v1: { nested: proto } } } } } } }
  return fromJSON(root as Parameters<typeof fromJSON>[0], { enums: String, defaults: true })[
    name
  ] as ServiceDefinition
}
