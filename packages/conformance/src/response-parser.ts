/** The first part of a response. Repeated headers are joined with a comma, names are in lower case. */
export interface ResponseHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** What the parser tells, in the order of the wire. */
export interface ResponseListener {
  informational(head: ResponseHead): void
  head(head: ResponseHead): void
  body(bytes: Buffer): void
  end(): void
}

type Position = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close'

/** A small HTTP/1.1 response parser that trusts nothing: what Node's own client would forgive, a test wants to see. */
export class ResponseParser {
  readonly #listener: ResponseListener
  /** Whether the next response has a body at all: the answer to HEAD has none. */
  readonly #bodyless: () => boolean
  #buffer: Buffer = Buffer.alloc(0)
  #position: Position = 'head'
  #left = 0

  constructor(listener: ResponseListener, bodyless: () => boolean) {
    this.#listener = listener
    this.#bodyless = bodyless
  }

  push(bytes: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
    while (this.#step());
  }

  /** The peer will send no more. True where that is an allowed place for it. */
  finish(): boolean {
    if (this.#position === 'until-close') {
      this.#end()
      return true
    }
    return this.#position === 'head' && this.#buffer.length === 0
  }

  get where(): string {
    return this.#position === 'length' ? `${this.#left} bytes before its end` : `in its ${this.#position}`
  }

  #step(): boolean {
    switch (this.#position) {
      case 'head':
        return this.#head()
      case 'length':
      case 'chunk':
        return this.#bytes()
      case 'chunk-size':
        return this.#chunkSize()
      case 'chunk-end':
        return this.#line() !== undefined && this.#goto('chunk-size')
      case 'trailers':
        return this.#trailer()
      case 'until-close':
        return this.#rest()
    }
  }

  #goto(position: Position): true {
    this.#position = position
    return true
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length)
    this.#buffer = this.#buffer.subarray(length)
    return taken
  }

  #line(): string | undefined {
    const end = this.#buffer.indexOf('\r\n')
    return end < 0
      ? undefined
      : this.#take(end + 2)
          .toString('latin1')
          .slice(0, -2)
  }

  #head(): boolean {
    const end = this.#buffer.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = parseHead(this.#take(end + 4).toString('latin1'))
    if (head.status < 200 && head.status !== 101) {
      this.#listener.informational(head)
      return true
    }
    this.#listener.head(head)
    return this.#goto(this.#framing(head)) && (this.#position !== 'head' || this.#ended())
  }

  /** RFC 9112 §6.3, as far as a client needs it. 'head' means that there is no body. */
  #framing({ status, headers }: ResponseHead): Position {
    if (status === 101) return 'until-close'
    if (this.#bodyless() || status === 204 || status === 304) return 'head'
    if (headers['transfer-encoding']?.includes('chunked')) return 'chunk-size'
    if (headers['content-length'] === undefined) return 'until-close'
    this.#left = Number(headers['content-length'])
    return this.#left === 0 ? 'head' : 'length'
  }

  #bytes(): boolean {
    if (this.#buffer.length === 0) return false
    const bytes = this.#take(this.#left)
    this.#left -= bytes.length
    this.#listener.body(bytes)
    if (this.#left > 0) return false
    return this.#position === 'chunk' ? this.#goto('chunk-end') : this.#end()
  }

  #chunkSize(): boolean {
    const line = this.#line()
    if (line === undefined) return false
    this.#left = Number.parseInt(line, 16)
    if (Number.isNaN(this.#left)) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`)
    return this.#goto(this.#left === 0 ? 'trailers' : 'chunk')
  }

  #trailer(): boolean {
    const line = this.#line()
    if (line === undefined) return false
    return line === '' ? this.#end() : true
  }

  #rest(): boolean {
    if (this.#buffer.length > 0) this.#listener.body(this.#take(this.#buffer.length))
    return false
  }

  #end(): true {
    this.#position = 'head'
    return this.#ended()
  }

  #ended(): true {
    this.#listener.end()
    return true
  }
}

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.trimEnd().split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]
  if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine.slice(0, 80))}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return { status: Number(status), headers }
}
