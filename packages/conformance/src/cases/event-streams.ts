/** What an `EventSource` asks with. */
export const eventSource = { headers: { accept: 'text/event-stream' } } as const

/** What the standard route `/sse` writes when it is asked for so many events. */
export const eventsIn = (count: number): string =>
  Array.from({ length: count }, (_, number) => `data: ${number} \n\n`).join('')

const askings = [
  // As clients of language models and of MCP ask.
  { method: 'POST', query: 'events=40', headers: { accept: 'application/json, text/event-stream' } },
  { method: 'POST', query: 'events=40', headers: eventSource.headers },
  // As `fetch` and curl ask.
  { method: 'GET', query: 'events=40', headers: { accept: '*/*' } },
  { method: 'GET', query: 'events=40', headers: { accept: 'text/event-stream, */*' } },
  { method: 'GET', query: 'events=40', headers: {} },
  // One with a length is no stream without an end, whoever asks.
  { method: 'GET', query: 'events=40&length', headers: eventSource.headers },
] as const

/** Requests for forty events that have an end: one of each has its head at once, the other after the listener has closed. */
export const answersInEvents = askings.flatMap(({ method, query, headers }) =>
  [0, 1500].map((after) => ({ method, path: `/sse?${query}&after=${after}`, headers })),
)
