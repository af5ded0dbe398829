// The parent's side of a fuzzed server's process.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @typedef {'ready' | 'window' | 'closed'} Phase */

const script = fileURLToPath(new URL('subject.mjs', import.meta.url))
const memory = 100_000

export class SubjectProcess {
  /**
   * @param {string} protocol
   * @param {'plain' | 'lameduck'} kind
   * @param {Phase} phase
   */
  constructor(protocol, kind, phase) {
    this.port = 0
    this.output = ''
    /** @type {import('@lameduck/core').Report | undefined} */
    this.report = undefined
    this.child = fork(script, [protocol, kind, phase], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execPath: process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath,
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text) => {
        this.output = (this.output + text).slice(-memory)
      })
    }
    /** @type {Promise<number | NodeJS.Signals | null>} */
    this.gone = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve(code ?? signal))
    })
    this.child.on('message', (/** @type {any} */ said) => {
      this.report ??= said.report
    })
  }

  /** Whether the process has ended. */
  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  async listens() {
    const { port } = await this.#hears('port')
    this.port = port
  }

  async begins() {
    this.child.send('begin')
    await this.#hears('done')
  }

  /** Ends it in order; gives how the process went, or nothing if it did not within half a minute. */
  async ends() {
    if (!this.hasEnded) this.child.send('end', () => {})
    const tooLate = new Promise((resolve) => setTimeout(resolve, 30_000).unref())
    const exit = await Promise.race([this.gone, tooLate])
    this.child.kill('SIGKILL')
    return exit
  }

  /**
   * @param {string} key
   * @returns {Promise<any>}
   */
  async #hears(key) {
    return new Promise((resolve, reject) => {
      const listener = (/** @type {any} */ said) => {
        if (!(key in said)) return
        this.child.off('message', listener)
        resolve(said)
      }
      this.child.on('message', listener)
      void this.gone.then((exit) => reject(new Error(`a server has ended (${exit}): ${this.output}`)))
    })
  }
}
