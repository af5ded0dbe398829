import type { HttpAsk } from '../traffic/ask.js'
import { fieldsAt, isMap, listed, textAt, wholeAt } from './fields.js'
import type { MixFile, Place } from './mix-file.js'

const bodiless = ['GET', 'HEAD', 'OPTIONS']
const methods = [...bodiless, 'POST', 'PUT', 'PATCH', 'DELETE']
const keys = ['method', 'path', 'body', 'contentType', 'slow', 'expect']

/**
 * Reads one kind of HTTP request.
 *
 * @throws {UsageError} naming the place, what was expected and what came
 */
export function readHttp(file: MixFile, place: Place, value: unknown): HttpAsk {
  const fields = fieldsAt(file, place, value, keys)
  const { method = 'GET', path, contentType, slow, expect } = fields
  if (typeof method !== 'string' || !methods.includes(method)) {
    throw file.bad([...place, 'method'], listed(methods), method)
  }
  const body = readBody(file, [...place, 'body'], fields['body'], method)
  for (const key of ['contentType', 'slow'] as const) {
    if (fields[key] !== undefined && !body)
      throw file.bad([...place, key], 'it only with a body', fields[key])
  }
  return {
    kind: 'http',
    method,
    path: textAt(
      file,
      [...place, 'path'],
      path,
      'a path that begins with / and has no spaces',
      /^\/[\x21-\x7e]*$/,
    ),
    body,
    contentType:
      contentType === undefined
        ? undefined
        : textAt(
            file,
            [...place, 'contentType'],
            contentType,
            'a media type such as application/json',
            /^[\w!#$&^.+-]+\/[\x20-\x7e]+$/,
          ),
    slow:
      slow === undefined
        ? undefined
        : wholeAt(file, [...place, 'slow'], slow, [1, 600_000], ' of milliseconds'),
    expect:
      expect === undefined
        ? undefined
        : textAt(file, [...place, 'expect'], expect, 'a text that is not empty'),
  }
}

function readBody(file: MixFile, place: Place, value: unknown, method: string): Buffer | undefined {
  if (value === undefined) return undefined
  if (bodiless.includes(method)) throw file.bad(place, `no body with ${method}`, value)
  if (typeof value === 'string' && value !== '') return Buffer.from(value)
  if (!isMap(value)) throw file.bad(place, 'a text that is not empty, or a map with bytes', value)
  const { bytes } = fieldsAt(file, place, value, ['bytes'])
  return Buffer.alloc(wholeAt(file, [...place, 'bytes'], bytes, [1, 64 * 1024 * 1024]), 'lameduck')
}
