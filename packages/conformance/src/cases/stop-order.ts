import type { ForkedServer } from '../forked-server.js'

/** In which order handlers have run, and the lifecycle has stopped. */
export const stopOrder = (server: ForkedServer): unknown[] =>
  server.lines.flatMap((line) => line['ran'] ?? ('stopped' in line ? ['stopped'] : []))
