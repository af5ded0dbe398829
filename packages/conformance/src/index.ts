export { type BalancerKind, missingBalancer } from './balancers/balancer.js'
export { type RollingOutcome, type RollingSettings, rollBehind } from './balancers/behind-balancer.js'
export { balancers, describeBehindBalancers } from './balancers/describe-behind-balancers.js'
export { type DelayedRelay, delayedRelay } from './delayed-relay.js'
export {
  behaviour,
  describeServer,
  groupsOfAdapters,
  http2Behaviour,
  http2Loads,
  loads,
} from './describe-server.js'
export { brief, quick } from './drain-options.js'
export { type Exit, ForkedServer, type ForkOptions, startScript, startServer } from './forked-server.js'
export { freePorts } from './free-port.js'
export { holdByUpload } from './held-upload.js'
export { type Goaway, Http2Client, Http2Exchange, type Http2Response, StreamFailure } from './http2-client.js'
export { beyondLooks } from './looks.js'
export { injectableTargets, isProbeAnswer, probeTargets } from './probe-targets.js'
export { type Ending, RawClient, type RawResponse, type Target } from './raw-client.js'
export type { CutWork, PrintedReport } from './report.js'
export { type RequestParts, requestBytes } from './request-bytes.js'
export type { BehaviourCase, Capability, Protocol, ServerUnderTest } from './server-under-test.js'
export { WebSocketClient, type WebSocketEnding } from './web-socket-client.js'
