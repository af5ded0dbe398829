import type { openChannel } from '../grpc/channel.js'
import type { ResolvedOptions } from '../options.js'
import type { Ask } from './ask.js'

/** What is asked, in turns. */
export interface Traffic {
  /** Repeated over and over; never empty. */
  turns: readonly Ask[]
  /** Opens what carries gRPC calls; absent when there are none, so that nothing of gRPC is loaded then. */
  openChannel?: typeof openChannel | undefined
}

const uploaded = Buffer.alloc(1024, 'lameduck')

/** The traffic of `--path`, `--post` and `--expect`: GETs, and POSTs of 1 KiB every second time if there is somewhere to post to. */
export function usualTraffic({
  path,
  post,
  expect,
}: Pick<ResolvedOptions, 'path' | 'post' | 'expect'>): Traffic {
  const get: Ask = { kind: 'http', method: 'GET', path, expect }
  if (post === undefined) return { turns: [get] }
  return { turns: [get, { kind: 'http', method: 'POST', path: post, body: uploaded }] }
}
