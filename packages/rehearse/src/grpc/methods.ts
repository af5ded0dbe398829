import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'
import type { GrpcCall } from './call.js'

/** A method as its definition has it. */
export interface LoadedMethod extends Pick<GrpcCall, 'responseStream' | 'serialize' | 'deserialize'> {
  /** `/package.Service/Method`. */
  path: string
  requestStream: boolean
  requestName: string
  responseName: string
  /** What a receiver makes of a message. Throws if it cannot be sent. */
  requestThroughTheWire(message: object): object
  /** The same for the answer. */
  responseThroughTheWire(message: object): object
}

// Names as in the file; whole, exact and readable values, also where JavaScript has no type for them.
const options = { keepCase: true, longs: String, enums: String, bytes: String, defaults: true } as const

/**
 * Loads all methods of a .proto file and of what it imports, by names like `package.Service/Method`.
 *
 * @param importsFrom another folder to look for imports, besides the file's own
 * @throws {Error} when the file, or one that it imports, is not there or is no definition
 */
export function loadMethods(file: string, importsFrom: string): ReadonlyMap<string, LoadedMethod> {
  statSync(file)
  const definition = loadSync(file, { ...options, includeDirs: [dirname(file), importsFrom] })
  const methods = new Map<string, LoadedMethod>()
  for (const service of Object.values(definition)) {
    if ('format' in service) continue
    for (const method of Object.values(service) as MethodDefinition<object, object>[]) {
      methods.set(method.path.slice(1), loaded(method))
    }
  }
  return methods
}

function loaded(method: MethodDefinition<object, object>): LoadedMethod {
  const { path, requestStream, responseStream } = method
  const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = method
  return {
    path,
    requestStream,
    responseStream,
    serialize: requestSerialize,
    deserialize: responseDeserialize,
    requestName: nameOf(method.requestType),
    responseName: nameOf(method.responseType),
    requestThroughTheWire: (message) => requestDeserialize(requestSerialize(message)),
    responseThroughTheWire: (message) => responseDeserialize(responseSerialize(message)),
  }
}

function nameOf(type: unknown): string {
  return (type as { type: { name: string } }).type.name
}
