import {
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import type { Health, LifecycleView, ProbeName } from '@lameduck/core'
import { watchRegistrations } from './grpc-server.js'
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthListResponse,
  healthDefinition,
  type ServingStatus,
} from './health-definition.js'

type Check = ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>
type Watch = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>

/** Names beside those of the application's services, and what they ask for. */
const probes: Readonly<Record<string, ProbeName>> = {
  '': 'readyz',
  readiness: 'readyz',
  liveness: 'livez',
  startup: 'startupz',
}

const inWords = (isGreen: boolean): ServingStatus => (isGreen ? 'SERVING' : 'NOT_SERVING')

/**
 * Adds `grpc.health.v1` to a server. Check and List ask; a Watch is told what it asked for at once, then of every
 * change once, and is ended when the drain closes connections, so that it does not hold them.
 *
 * @param services the names of the application's services: as ready as the process
 */
export function addHealthService(
  server: Server,
  { ask, watch }: Health,
  lifecycle: LifecycleView,
  services: () => readonly string[],
): void {
  let isClosing = false
  lifecycle.on('closing', () => {
    isClosing = true
  })

  const registrations = watchRegistrations(server)

  const probeOf = (service: string): ProbeName | undefined => {
    if (Object.hasOwn(probes, service)) return probes[service]
    return services().includes(service) ? 'readyz' : undefined
  }

  server.addService(healthDefinition(), {
    async Check({ request }: Check, callback: sendUnaryData<HealthCheckResponse>) {
      const probe = probeOf(request.service)
      if (probe === undefined) {
        callback({ code: status.NOT_FOUND, details: `unknown service "${request.service}"` })
      } else callback(null, { status: inWords(await ask(probe)) })
    },

    async List(_call: unknown, callback: sendUnaryData<HealthListResponse>) {
      const names = [...Object.keys(probes), ...services()]
      const entries = names.map(async (name) => {
        return [name, { status: inWords(await ask(probeOf(name) ?? 'readyz')) }] as const
      })
      callback(null, { statuses: Object.fromEntries(await Promise.all(entries)) })
    },

    Watch(call: Watch) {
      let last: ServingStatus | undefined
      let isOver = false

      const say = (now: ServingStatus) => {
        if (isOver || now === last) return
        last = now
        call.write({ status: now })
      }

      const look = () => {
        const probe = probeOf(call.request.service)
        const answer = probe && ask(probe)
        if (answer === undefined) say('SERVICE_UNKNOWN')
        else if (typeof answer === 'boolean') say(inWords(answer))
        else void answer.then((isGreen) => say(inWords(isGreen)))
        if (isClosing) end()
      }

      const end = () => {
        stop()
        isOver = true
        call.end()
      }

      const stopWatching = watch(look)
      registrations.on('registered', look)
      const stop = () => {
        stopWatching()
        registrations.off('registered', look)
      }
      call.on('cancelled', () => {
        stop()
        isOver = true
      })
      look()
    },
  })
}
