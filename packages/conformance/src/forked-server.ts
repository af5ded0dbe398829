import { type ChildProcess, spawn } from 'node:child_process'
import type { ClientSessionOptions } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment } from './clean-environment.js'
import { Http2Client } from './http2-client.js'
import { RawClient } from './raw-client.js'
import { refused } from './refused.js'
import type { PrintedReport } from './report.js'
import type { Protocol, ServerUnderTest } from './server-under-test.js'
import { WebSocketClient } from './web-socket-client.js'
import { countWithheld, type Withheld } from './withheld.js'
import { patience, within } from './within.js'

export interface ForkOptions {
  /** Lifecycle options for the subject, as JSON in its environment. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArguments?: readonly string[]
  /** What the script itself is given. */
  readonly scriptArguments?: readonly string[]
  /** The folder that the process is started in; by default this one's. */
  readonly cwd?: string
  /** The Node.js to run; by default that of `LAMEDUCK_TEST_NODE`, else this one. */
  readonly node?: string
  readonly protocol?: Protocol
  /** Milliseconds between listening and being ready, for subjects that can tell them apart. */
  readonly startup?: number
  /** The port to listen on; by default any that is free. */
  readonly port?: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** From the first signal that the test sent to the end of the process. */
  readonly ms: number
  /** The same without what a busy machine has withheld from both: what a limit is held against. */
  readonly ownMs: number
  readonly stdout: string
  readonly stderr: string
  /** What the lifecycle printed when it stopped. Throws if it did not. */
  readonly report: PrintedReport
}

type Line = Readonly<Record<string, unknown>>

/** Every child ends itself after this long, whatever becomes of the test. */
const fuse = 'data:text/javascript,setTimeout(()=>process.kill(process.pid,"SIGKILL"),300000).unref()'
const preloads = [fuse, process.env['LAMEDUCK_TEST_PRELOAD']].flatMap((each) =>
  each ? ['--import', each] : [],
)
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A real process with real signals. What it prints as JSON lines is how it talks to the test. */
export class ForkedServer implements AsyncDisposable {
  readonly child: ChildProcess
  readonly lines: Line[] = []
  stdout = ''
  stderr = ''
  port = 0
  readonly #protocol: Protocol
  readonly #clients = new Set<{ destroy(): void }>()
  readonly #watchers = new Set<() => void>()
  readonly #gone: Promise<{ code: number | null; signal: NodeJS.Signals | null; at: number }>
  #signalledAt: number | undefined
  #withheld: Withheld | undefined
  #unread = ''

  constructor(script: URL, settings: ForkOptions = {}) {
    const { options, env = {}, nodeArguments = [], scriptArguments = [], protocol = 'http', cwd } = settings
    this.#protocol = protocol
    this.child = spawn(
      settings.node ?? process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath,
      [...preloads, ...nodeArguments, fileURLToPath(script), ...scriptArguments],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...cleanEnvironment(options), ...env }, cwd },
    )
    running.add(this.child)
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#notify()
    })
    this.#gone = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        running.delete(this.child)
        this.#withheld?.stop()
        resolve({ code, signal, at: performance.now() })
        this.#notify()
      })
    })
  }

  /** Everything printed, for a look at what was logged. */
  get output(): string {
    return this.stdout + this.stderr
  }

  /** The first JSON line that has this key, now or later. */
  async line(key: string, ms = patience): Promise<Line> {
    await this.until(() => this.lines.some((line) => key in line), ms, `no line with "${key}"`)
    return this.lines.find((line) => key in line) as Line
  }

  /** The values of all lines so far that have this key. */
  said(key: string): unknown[] {
    return this.lines.filter((line) => key in line).map((line) => line[key])
  }

  /** Resolves once the subject has heard that it is to leave. */
  async draining(): Promise<void> {
    await this.line('draining')
  }

  /** Waits for something that output can make true; fails when the process ends first. */
  async until(condition: () => boolean, ms: number, what: string): Promise<void> {
    const met = new Promise<void>((resolve, reject) => {
      const look = () => {
        const ended = this.child.exitCode !== null || this.child.signalCode !== null
        if (condition()) resolve()
        else if (ended && !running.has(this.child))
          reject(new Error(`${what}, and the process has ended: ${this.output}`))
        else return
        this.#watchers.delete(look)
      }
      this.#watchers.add(look)
      look()
    })
    await within(met, ms, () => `${what} in: ${this.output}`)
  }

  signal(name: NodeJS.Signals = 'SIGTERM'): void {
    this.#signalledAt ??= performance.now()
    this.#withheld ??= countWithheld(this.child.pid ?? 0)
    this.child.kill(name)
  }

  sinceSignal(): number {
    return performance.now() - (this.#signalledAt ?? performance.now())
  }

  /** The same without what a busy machine has withheld from the server and from this process: for limits. */
  ownSinceSignal(): number {
    return this.sinceSignal() - this.withheld()
  }

  /** Milliseconds since the signal in which the server or this process wanted to run, and could not. */
  withheld(): number {
    return this.#withheld?.soFar() ?? 0
  }

  /** A connection that is closed with the server object, if nobody closes it sooner. */
  async connect(port = this.port): Promise<RawClient> {
    return this.adopt(await RawClient.connect({ port, protocol: this.#protocol }))
  }

  /** An HTTP/2 session, closed with the server object as well. */
  async session(options: ClientSessionOptions = {}): Promise<Http2Client> {
    return this.adopt(await Http2Client.connect({ port: this.port, protocol: this.#protocol }, options))
  }

  /** A WebSocket on this path, closed like the others. */
  async webSocket(path = '/ws', port = this.port): Promise<WebSocketClient> {
    const scheme = this.#protocol === 'https' ? 'wss' : 'ws'
    return this.adopt(await WebSocketClient.open(`${scheme}://127.0.0.1:${port}${path}`))
  }

  adopt<Client extends { destroy(): void }>(client: Client): Client {
    this.#clients.add(client)
    return client
  }

  /** Waits until nobody listens any more. */
  async refusing(ms = patience): Promise<void> {
    const start = performance.now()
    while (!(await refused(this.port))) {
      if (performance.now() - start > ms) throw new Error(`still listening after ${ms} ms`)
      await sleep(20)
    }
  }

  async exited(ms = patience): Promise<Exit> {
    const { code, signal, at } = await within(this.#gone, ms, () => `still alive: ${this.output}`)
    const { stdout, stderr, lines } = this
    const took = at - (this.#signalledAt ?? at)
    return {
      code,
      signal,
      ms: took,
      ownMs: took - this.withheld(),
      stdout,
      stderr,
      get report() {
        const line = lines.find((each) => 'report' in each)
        if (line === undefined)
          throw new Error(`no report; code ${code}, signal ${signal}: ${stdout}${stderr}`)
        return line['report'] as PrintedReport
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy()
    if (running.has(this.child)) this.child.kill('SIGKILL')
    await this.#gone
  }

  #hear(text: string): void {
    this.stdout += text
    const lines = (this.#unread + text).split('\n')
    this.#unread = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('{"')) this.lines.push(JSON.parse(line) as Line)
    }
    this.#notify()
  }

  #notify(): void {
    for (const look of this.#watchers) look()
  }
}

/** Starts a subject and waits until it listens and, unless a slow start was asked for, is ready. */
export async function startServer(
  subject: ServerUnderTest,
  options: ForkOptions = {},
): Promise<ForkedServer> {
  const { startup = 0, port = 0, env } = options
  const server = await startScript(subject.script, {
    protocol: subject.protocol,
    ...options,
    env: { ...env, SUBJECT_STARTUP: String(startup), SUBJECT_PORT: String(port) },
  })
  if (startup === 0) await server.line('ready')
  return server
}

export async function startScript(script: URL, options: ForkOptions = {}): Promise<ForkedServer> {
  const server = new ForkedServer(script, options)
  try {
    server.port = (await server.line('listening'))['listening'] as number
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}
