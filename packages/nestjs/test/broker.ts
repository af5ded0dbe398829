import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Answers } from './answers.js'

/** What a broker is to a service: somebody that it connects to, and gets messages from. */
export class Broker implements Disposable {
  readonly port: number
  /** When the service has hung up. */
  readonly left: Promise<void>
  readonly #server: Server
  readonly #service: Promise<Socket>
  readonly #answers = new Answers()
  #lastId = 0

  constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.#service = once(server, 'connection').then(([socket]) => {
      createInterface(socket).on('line', (line) => this.#answers.hear(JSON.parse(line)))
      return socket
    })
    this.left = this.#service.then(
      (socket) => new Promise((resolve) => void socket.once('close', () => resolve())),
    )
  }

  static async start(): Promise<Broker> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Broker(server)
  }

  /** Every response until the last; rejects when the service leaves first. */
  ask(pattern: string, data: unknown): Promise<unknown[]> {
    const id = ++this.#lastId
    this.#send({ id, pattern, data })
    return this.#answers.to(id, pattern, this.left)
  }

  /** Sends without waiting for anything. */
  tell(pattern: string, data: unknown): void {
    this.#send({ pattern, data })
  }

  [Symbol.dispose](): void {
    this.#server.close()
    void this.#service.then((socket) => socket.destroy())
  }

  #send(packet: object): void {
    void this.#service.then((socket) => socket.write(`${JSON.stringify(packet)}\n`))
  }
}
