import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A connection that costs as little as possible: it counts the bytes of answers, and asks one thing at a time. */
export class Connection {
  readonly socket: Socket
  isBusy = false
  #size = 0
  #received = 0
  #answered = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk))
    // A server that closes under a request is told apart by who asked.
    socket.on('error', () => {})
  }

  /** Opens one; `https` makes it speak TLS. */
  static open(port: number, protocol?: string): Promise<Connection> {
    const to = { port, host: '127.0.0.1' }
    return new Promise((resolve, reject) => {
      const opened = () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      }
      const socket: Socket =
        protocol === 'https' ? connectTls({ ...to, rejectUnauthorized: false }, opened) : connect(to, opened)
      socket.once('error', reject)
    })
  }

  /** Sends a request; `answered` is called when its answer has come whole. All answers are as long as the first. */
  ask(answered: () => void): void {
    this.isBusy = true
    this.#answered = answered
    this.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  }

  /** Hangs up. */
  destroy(): void {
    this.socket.destroy()
  }

  /** The next answer may have another length. */
  forget(): void {
    this.#size = 0
  }

  #read(chunk: Buffer): void {
    if (this.#size === 0) this.#size = lengthOf(chunk.toString('latin1'))
    this.#received += chunk.length
    if (this.#received < this.#size) return
    this.#received = 0
    this.isBusy = false
    this.#answered()
  }
}

/** The length of an answer, head included; its head is in one packet. */
function lengthOf(answer: string): number {
  const head = answer.indexOf('\r\n\r\n') + 4
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1]
  if (!answer.startsWith('HTTP/1.1 200') || head < 4 || length === undefined) {
    throw new Error(`expected a whole head that says 200 and the length, got ${answer}`)
  }
  return head + Number(length)
}
