import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long `/slow` takes, in milliseconds. */
export const slowly = 30
const streamTime = 2000
const chunkEvery = 5
const body = '{"hello":"world"}'
/** More than all buffers between a server and a client that does not read. */
const manyBytes = Buffer.alloc(64 * 1024 * 1024, 'x')

const answer = (res: ServerResponse) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  res.end(body)
}

const answerAfter = (delay: number) => (_: IncomingMessage, res: ServerResponse) => {
  setTimeout(answer, delay, res)
}

async function stream(_: IncomingMessage, res: ServerResponse): Promise<void> {
  const until = performance.now() + streamTime
  while (performance.now() < until) {
    res.write('chunk\n')
    await sleep(chunkEvery)
  }
  res.end()
}

async function received(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let size = 0
  for await (const chunk of req) size += (chunk as Buffer).length
  const text = String(size)
  res.writeHead(200, { 'content-length': text.length })
  res.end(text)
}

/** The least that any process can take to be gone. */
function last(_: IncomingMessage, res: ServerResponse): void {
  res.once('finish', () => process.exit(0))
  setTimeout(answer, slowly, res)
}

const routes: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse) => void>> = {
  '/': (_, res) => answer(res),
  '/slow': answerAfter(slowly),
  '/second': answerAfter(1000),
  '/never': () => {},
  '/stream': stream,
  '/received': received,
  '/big': (_, res) => void res.end(manyBytes),
  '/last': last,
}

let begun = 0

/** To be called by every handler that somebody waits for. */
export const countRequest = (): void => {
  begun++
}

/** How many requests have reached their handlers. */
export const requestsBegun = (): number => begun

/** Answers every request that the bench makes. */
export function handle(req: IncomingMessage, res: ServerResponse): void {
  countRequest()
  const route = routes[req.url ?? '']
  if (route !== undefined) route(req, res)
  else res.writeHead(404).end()
}
