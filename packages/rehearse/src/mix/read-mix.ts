import type { GrpcAsk } from '../traffic/ask.js'
import type { Traffic } from '../traffic/traffic.js'
import { turnsOf } from '../traffic/turns.js'
import { fieldsAt, isMap, listed, wholeAt } from './fields.js'
import { readHttp } from './http-kind.js'
import { type MixFile, type Place, readMixFile } from './mix-file.js'

const kinds = ['http', 'grpc'] as const
const planned = ['streamed', 'upload', 'sse', 'websocket', 'h2']

type ReadGrpc = (file: MixFile, place: Place, value: unknown) => GrpcAsk

/**
 * Reads what to ask from a mix file. gRPC is loaded only if the file has calls.
 *
 * @throws {UsageError} naming the file, the line, the key, what was expected and what came
 */
export async function readMix(path: string): Promise<Traffic> {
  const file = readMixFile(path)
  const { traffic } = fieldsAt(file, [], file.content, ['traffic'])
  if (!Array.isArray(traffic) || traffic.length === 0) {
    throw file.bad(['traffic'], 'a list of at least one kind of traffic', traffic)
  }
  const calls = traffic.some((entry) => isMap(entry) && entry['grpc'] !== undefined)
  const readGrpc: ReadGrpc | undefined = calls ? (await import('./grpc-kind.js')).readGrpc : undefined
  return {
    turns: turnsOf(traffic.map((entry, i) => readEntry(file, ['traffic', i], entry, readGrpc))),
    openChannel: calls ? (await import('../grpc/channel.js')).openChannel : undefined,
  }
}

function readEntry(file: MixFile, place: Place, entry: unknown, readGrpc: ReadGrpc | undefined) {
  if (isMap(entry)) {
    const early = planned.find((kind) => kind in entry)
    if (early)
      throw file.bad([...place, early], `${listed(kinds)}: ${early} is planned, but not there yet`, early)
  }
  const fields = fieldsAt(file, place, entry, ['weight', ...kinds])
  const { weight = 1, http, grpc } = fields
  const given = kinds.filter((kind) => kind in fields)
  if (given.length !== 1) throw file.bad(place, `either ${listed(kinds)}`, given)
  return {
    weight: wholeAt(file, [...place, 'weight'], weight, [1, 1000]),
    item:
      readGrpc && given[0] === 'grpc'
        ? readGrpc(file, [...place, 'grpc'], grpc)
        : readHttp(file, [...place, 'http'], http),
  }
}
