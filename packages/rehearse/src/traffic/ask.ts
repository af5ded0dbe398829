import type { GrpcCall } from '../grpc/call.js'

/** A request over HTTP/1.1. */
export interface HttpAsk {
  kind: 'http'
  method: string
  path: string
  /** Sent with a Content-Length. */
  body?: Buffer | undefined
  /** Of the body. Default: `application/octet-stream`. */
  contentType?: string | undefined
  /** Milliseconds that sending the body takes, in ten parts. Absent: it is sent at once. */
  slow?: number | undefined
  /** Text that the answer contains. */
  expect?: string | undefined
}

/** A gRPC call. */
export interface GrpcAsk {
  kind: 'grpc'
  /** What reports call it. */
  method: 'gRPC'
  /** `/package.Service/Method`. */
  path: string
  call: GrpcCall
}

/** What to ask. */
export type Ask = HttpAsk | GrpcAsk
