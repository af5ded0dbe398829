/** What Nest sends back for a message, as often as it has something to say. */
export interface AnswerPacket {
  readonly id?: string | number
  readonly response?: unknown
  readonly err?: unknown
  readonly isDisposed?: boolean
}

/** The answers that somebody waits for, by the ids of their messages. */
export class Answers {
  readonly #waiting = new Map<string, (packet: AnswerPacket) => void>()

  /** Every response until the last; rejects when `left` resolves first. */
  to(id: string | number, pattern: string, left: Promise<void>): Promise<unknown[]> {
    const responses: unknown[] = []
    const answered = new Promise<unknown[]>((resolve, reject) => {
      this.#waiting.set(String(id), ({ response, err, isDisposed }) => {
        if (err !== undefined && err !== null) reject(new Error(JSON.stringify(err)))
        if (response !== undefined) responses.push(response)
        if (isDisposed) resolve(responses)
      })
    })
    const lost = left.then(() => Promise.reject(new Error(`left before "${pattern}" was answered`)))
    lost.catch(() => {})
    return Promise.race([answered, lost])
  }

  hear(packet: AnswerPacket): void {
    this.#waiting.get(String(packet.id))?.(packet)
  }
}
