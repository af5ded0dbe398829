import { dirname, resolve } from 'node:path'
import { differenceOf } from '../grpc/difference.js'
import { type LoadedMethod, loadMethods } from '../grpc/methods.js'
import type { GrpcAsk } from '../traffic/ask.js'
import { fieldsAt, isMap, listed, textAt } from './fields.js'
import type { MixFile, Place } from './mix-file.js'

const keys = ['proto', 'method', 'request', 'expect']

/**
 * Reads one kind of gRPC call, and checks it against its definition.
 *
 * @throws {UsageError} naming the place, what was expected and what came
 */
export function readGrpc(file: MixFile, place: Place, value: unknown): GrpcAsk {
  const { proto, method, request = {}, expect } = fieldsAt(file, place, value, keys)
  const at = (key: string) => [...place, key]
  const protoFile = textAt(file, at('proto'), proto, 'the path of a .proto file')
  const name = textAt(file, at('method'), method, 'a method such as package.Service/Method', /^[\w.]+\/\w+$/)
  const found = methodOf(file, place, { protoFile, name })
  if (!isMap(request)) throw file.bad(at('request'), `the fields of a ${found.requestName}`, request)
  checkMessage(file, at('request'), request, {
    of: found.requestName,
    throughTheWire: found.requestThroughTheWire,
  })
  return {
    kind: 'grpc',
    method: 'gRPC',
    path: found.path,
    call: { ...found, request, expect: readExpected(file, at('expect'), expect, found) },
  }
}

function methodOf(
  file: MixFile,
  place: Place,
  { protoFile, name }: { protoFile: string; name: string },
): LoadedMethod {
  let methods: ReadonlyMap<string, LoadedMethod>
  try {
    methods = loadMethods(resolve(dirname(file.path), protoFile), dirname(file.path))
  } catch (error) {
    throw file.bad(
      [...place, 'proto'],
      `a .proto file that can be loaded (${(error as Error).message})`,
      protoFile,
    )
  }
  const found = methods.get(name)
  if (!found)
    throw file.bad([...place, 'method'], `one of ${protoFile}: ${listed([...methods.keys()])}`, name)
  if (found.requestStream)
    throw file.bad([...place, 'method'], 'a method that takes one message, not a stream', name)
  return found
}

function readExpected(
  file: MixFile,
  place: Place,
  expect: unknown,
  { responseStream, responseName, responseThroughTheWire }: LoadedMethod,
): readonly object[] | undefined {
  if (expect === undefined) return undefined
  const check = (at: Place, message: unknown): object => {
    if (!isMap(message)) throw file.bad(at, `the fields of a ${responseName}`, message)
    checkMessage(file, at, message, { of: responseName, throughTheWire: responseThroughTheWire })
    return message
  }
  if (!responseStream) return [check(place, expect)]
  if (!Array.isArray(expect)) throw file.bad(place, `a list of all ${responseName} that are streamed`, expect)
  return expect.map((message, i) => check([...place, i], message))
}

/** Sends a message to ourselves: what does not come back as it was is not in the definition, or of another type. */
function checkMessage(
  file: MixFile,
  place: Place,
  message: object,
  { of, throughTheWire }: { of: string; throughTheWire(message: object): unknown },
): void {
  let arrived: unknown
  try {
    arrived = throughTheWire(message)
  } catch (error) {
    throw file.bad(place, `a ${of} (${(error as Error).message})`, message)
  }
  const difference = differenceOf(message, arrived)
  if (!difference) return
  const { place: within, expected } = difference
  throw file.bad([...place, ...within], `a field that a ${of} has, with a value that it can hold`, expected)
}
