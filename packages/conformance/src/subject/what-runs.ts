import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Profiler, Session } from 'node:inspector'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { say } from './observe.js'

const post = <T>(session: Session, method: string, params?: object) =>
  new Promise<T>((resolve, reject) => {
    session.post(method, params, (error, result) => (error ? reject(error) : resolve(result as T)))
  })

async function ask(client: Socket, head: string, body = ''): Promise<void> {
  client.write(`${head} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  let answer = ''
  while (!/\r\n\r\n(fine|no gzip)$/.test(answer) && !answer.endsWith('0\r\n\r\n')) {
    answer += (await once(client, 'data'))[0]
  }
}

/** What libraries do to a request and its response, by the path that is asked for. */
export const roughWays: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse) => void>> = {
  '/plain': () => {},
  '/request': (_, res) => void res.once('finish', () => Object.assign(res, { req: null })),
  '/listeners': (req, res) => {
    req.socket.removeAllListeners('close')
    res.removeAllListeners('close')
  },
}

/** Fails to unzip a body, which destroys the request, and answers `no gzip`. */
export function unzip(req: IncomingMessage, res: ServerResponse): void {
  const gunzip = createGunzip()
  gunzip.on('error', () => {}).resume()
  pipeline(req, gunzip, () => res.end('no gzip'))
}

/**
 * Says which functions of ours run for requests while nothing drains, each as `package/file: name`, and asks this process to
 * end. What is answered ends with `fine`, or with `no gzip` where a body is sent by POST.
 *
 * @param paths asked for one after the other, many times
 */
export async function sayWhatRuns(port: number, paths: readonly string[]): Promise<void> {
  const client = connect({ port, host: '127.0.0.1' }).setNoDelay()
  const session = new Session()
  session.connect()
  // The first request of a connection is looked at more closely.
  await ask(client, 'GET /first')
  await sleep(200)
  await post(session, 'Profiler.enable')
  await post(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  for (let round = 0; round < 20; round++) {
    for (const path of paths) await ask(client, `GET ${path}`)
    await ask(client, 'POST /zip', 'this is no gzip')
  }
  const { result } = await post<Profiler.TakePreciseCoverageReturnType>(
    session,
    'Profiler.takePreciseCoverage',
  )
  await post(session, 'Profiler.stopPreciseCoverage')
  const ran = result.flatMap(({ url, functions }) => {
    const [, name, file] = /\/packages\/(\w+)\/dist\/(?:.*\/)?([\w-]+)\.js$/.exec(url) ?? []
    if (name === undefined || name === 'conformance') return []
    return functions
      .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
      .map(({ functionName }) => `${name}/${file}: ${functionName || 'unnamed'}`)
  })
  say({ ran: [...new Set(ran)].sort() })
  client.destroy()
  process.kill(process.pid, 'SIGTERM')
}
