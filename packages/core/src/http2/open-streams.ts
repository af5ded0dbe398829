import type {
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'

/** A stream, with what Node knows of its request. */
export interface OpenStream {
  readonly stream: ServerHttp2Stream
  /** Node keeps them only for the compatibility API; otherwise there is no more than the method, if it is HEAD. */
  readonly headers: IncomingHttpHeaders
  /** The response of the compatibility API, if it is used. */
  readonly response: Http2ServerResponse | undefined
}

/** What Node keeps under a symbol of its own: the same on every version from 20 to 26, but nowhere public. */
function hidden(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)
  return key && (object as Record<symbol, unknown>)[key]
}

/** The streams that a session has open, whether or not anybody here has heard of them. */
export function openStreamsOf(session: ServerHttp2Session): OpenStream[] {
  const { streams } = (hidden(session, 'state') ?? {}) as { streams?: Map<number, ServerHttp2Stream> }
  return [...(streams?.values() ?? [])].map((stream) => {
    const request = hidden(stream, 'request') as { headers: IncomingHttpHeaders } | undefined
    const isHead = (stream as { headRequest?: boolean }).headRequest === true
    return {
      stream,
      headers: request?.headers ?? (isHead ? { ':method': 'HEAD' } : {}),
      response: hidden(stream, 'response') as Http2ServerResponse | undefined,
    }
  })
}
