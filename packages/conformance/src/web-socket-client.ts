import { once } from 'node:events'
import { WebSocket } from 'ws'
import { patience, within } from './within.js'

/** How a WebSocket ended, and when. */
export interface WebSocketEnding {
  readonly code: number
  readonly reason: string
  readonly at: number
}

/** A WebSocket as a browser has one, which remembers what it was told. */
export class WebSocketClient {
  readonly socket: WebSocket
  /** Texts, and the lengths of what was no text. */
  readonly messages: (string | number)[] = []
  readonly #closed: Promise<WebSocketEnding>
  #ended = false

  private constructor(url: string) {
    this.socket = new WebSocket(url, { rejectUnauthorized: false })
    this.socket.on('error', () => {})
    this.socket.on('message', (data: Buffer, isBinary: boolean) =>
      this.messages.push(isBinary ? data.length : data.toString()),
    )
    this.#closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        this.#ended = true
        resolve({ code, reason: reason.toString(), at: performance.now() })
      })
    })
  }

  static async open(url: string): Promise<WebSocketClient> {
    const client = new WebSocketClient(url)
    await once(client.socket, 'open')
    return client
  }

  /** Settles when the connection has closed. */
  get closed(): Promise<WebSocketEnding> {
    return within(this.#closed, patience, () => 'the WebSocket is still open')
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** Resolves when a text has come, now or later. */
  async receives(text: string): Promise<void> {
    const come = (async () => {
      while (!this.messages.includes(text)) {
        const ended = this.#closed.then(({ code }) => {
          throw new Error(`the WebSocket ended with ${code}, and ${JSON.stringify(text)} has not come`)
        })
        await Promise.race([once(this.socket, 'message'), ended])
      }
    })()
    await within(come, patience, () => `${JSON.stringify(text)} is not in ${JSON.stringify(this.messages)}`)
  }

  /** Resolves when a text has been echoed. */
  async echoes(text: string): Promise<void> {
    this.socket.send(text)
    await this.receives(text)
  }

  destroy(): void {
    this.socket.terminate()
  }
}
