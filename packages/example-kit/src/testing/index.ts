export { checkManifests } from './check-manifests.js'
export { checkSigterm } from './check-sigterm.js'
export { freePort } from './free-port.js'
