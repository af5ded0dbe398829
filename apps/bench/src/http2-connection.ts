import { type ClientHttp2Session, connect } from 'node:http2'

/** One HTTP/2 session that asks one thing at a time, as {@link Connection} does on HTTP/1. */
export class Http2Connection {
  isBusy = false
  readonly #session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.#session = session
    session.on('error', () => {})
  }

  /** Opens one. */
  static open(port: number): Promise<Http2Connection> {
    return new Promise((resolve, reject) => {
      const session = connect(`http://127.0.0.1:${port}`)
      session.once('error', reject)
      session.once('remoteSettings', () => {
        session.off('error', reject)
        resolve(new Http2Connection(session))
      })
    })
  }

  /** The connection below. */
  get socket() {
    return this.#session.socket
  }

  /** Sends a request; `answered` is called when its answer has come whole. */
  ask(answered: () => void): void {
    this.isBusy = true
    const stream = this.#session.request({ ':path': '/' })
    stream.resume()
    stream.once('end', () => {
      this.isBusy = false
      answered()
    })
    stream.on('error', () => {})
  }

  /** Hangs up. */
  destroy(): void {
    this.#session.destroy()
  }

  /** Nothing is remembered of an answer. */
  forget(): void {}
}
