import { connect, type Socket } from 'node:net'
import { Answers } from './answers.js'

/** Speaks the protocol of Nest's TCP transport: `length#json`. */
export class MessageClient implements Disposable {
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #answers = new Answers()
  #unread = ''
  #lastId = 0

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1' })
    this.#socket.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    this.#socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  /** Every response until the last; rejects when the connection closes first. */
  ask(pattern: string, data: unknown): Promise<unknown[]> {
    const id = String(++this.#lastId)
    this.#send({ pattern, data, id })
    return this.#answers.to(id, pattern, this.closed)
  }

  /** Sends without waiting for anything. */
  tell(pattern: string, data: unknown): void {
    this.#send({ pattern, data })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #send(packet: object): void {
    const json = JSON.stringify(packet)
    this.#socket.write(`${json.length}#${json}`)
  }

  #hear(text: string): void {
    this.#unread += text
    for (;;) {
      const at = this.#unread.indexOf('#')
      const length = Number(this.#unread.slice(0, at))
      if (at < 0 || this.#unread.length < at + 1 + length) return
      const packet = JSON.parse(this.#unread.slice(at + 1, at + 1 + length))
      this.#unread = this.#unread.slice(at + 1 + length)
      this.#answers.hear(packet)
    }
  }
}
