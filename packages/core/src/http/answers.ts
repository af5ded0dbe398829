import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ProbeResponder } from '../probes/probe-responder.js'
import type { ProbeAnswer, ProbeName } from '../probes/probes.js'
import type { Exchange } from './exchanges.js'
import { silence } from './leave.js'

/** The probe that a request is, if it is one: other methods are the application's. */
export const probeOf = (
  probes: ProbeResponder,
  method: string | undefined,
  url: string | undefined,
): ProbeName | undefined => (method === 'GET' || method === 'HEAD' ? probes.match(url) : undefined)

/** Answers a probe, at once or when its checks have ended; nobody else sees the request. */
export function sendProbe(
  req: IncomingMessage,
  res: ServerResponse,
  answer: ProbeAnswer | Promise<ProbeAnswer>,
): void {
  // Made by hand, it may be no stream.
  req.resume?.()
  if (answer instanceof Promise) void answer.then((settled) => writeAnswer(res, settled))
  else writeAnswer(res, answer)
}

function writeAnswer(res: ServerResponse, { status, headers, body }: ProbeAnswer): void {
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

/** What says that the server is leaving. */
export const unavailable: ProbeAnswer = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' },
  body: 'Service Unavailable',
}

/** Says that the server is leaving, in place of the application. */
export function writeUnavailable(res: ServerResponse): void {
  writeAnswer(res, unavailable)
}

const cutShort = new WeakSet<ServerResponse>()

/**
 * Whether the handler's own response went to the kernel, all of it. Node 20 and 22 say so, too, of one whose socket was
 * destroyed.
 */
export const wasAnswered = ({ res, connection: { socket } }: Exchange): boolean =>
  !cutShort.has(res) && res.writableFinished && !(socket.destroyed && socket.writableLength > 0)

/**
 * Answers in place of a handler that has not begun to, and swallows what the handler says later. What middleware has
 * put around the response's methods is left out: it may throw, or hold the answer back.
 */
export function answerForHandler(res: ServerResponse, isLast: boolean): void {
  cutShort.add(res)
  for (const method of ['writeHead', 'write', 'end', 'setHeader', 'removeHeader']) {
    Reflect.deleteProperty(res, method)
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  res.statusMessage = ''
  if (isLast) res.setHeader('connection', 'close')
  writeUnavailable(res)
  silence(res)
}

/** Tells a client whose request head is unfinished that its time is over (RFC 9110 §15.5.9), and hangs up. */
export function writeTimeout(socket: Socket): void {
  socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}
