export { countKept } from './count-kept.js'
export { echoUpgrades, isForWebSockets } from './echo-upgrades.js'
export {
  contextOf,
  type ObservedLifecycle,
  observe,
  say,
  sayListening,
  testOptions,
  testPort,
} from './observe.js'
export { selfSigned } from './self-signed.js'
export { blockEventLoop, type StandardRoutesOptions, standardRoutes } from './standard-routes.js'
export { standardStreams } from './standard-streams.js'
export { type AttachableLifecycle, startStandardServer } from './start-standard-server.js'
export { stopBy } from './stop-route.js'
export { eventStream, eventsWanted, lines } from './streams.js'
export { serveWebSockets, webSocketRoutes } from './web-sockets.js'
export { roughWays, sayWhatRuns, unzip } from './what-runs.js'
