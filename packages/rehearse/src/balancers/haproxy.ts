import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import type { Endpoint } from '../endpoints.js'
import type { ProxyKind, ProxySetup } from './proxy.js'

/** HAProxy, told through its runtime API as its ingress controllers do. */
export const haproxy: ProxyKind = {
  kind: 'haproxy',
  install: 'Debian: apt-get install haproxy',
  told: 'told through its runtime API (add server, state drain, state maint), without a reload',
  inspect(program) {
    const { stdout } = spawnSync(program, ['-v'], { encoding: 'utf8' })
    return { version: `haproxy/${/version (\S+)/.exec(stdout)?.[1] ?? 'unknown'}`, configuration }
  },
  commandLine: (file) => ['-db', '-f', file],
  createTell(control) {
    const states = new Map<string, 'ready' | 'drain' | 'maint'>()
    return async (endpoints) => {
      for (const command of news(states, endpoints)) await run(control, command)
    }
  },
  wayOf: (headers) => ({
    replica: headers['x-rehearse-replica'] === undefined ? undefined : String(headers['x-rehearse-replica']),
    byItself: headers['x-rehearse-answered'] === undefined,
    trace: String(headers['x-rehearse-request']),
  }),
  logPattern: (request) => `request=${request} `,
}

/** The commands that lead from what HAProxy knows to what it shall know, which is written down as known. */
function news(states: Map<string, 'ready' | 'drain' | 'maint'>, endpoints: readonly Endpoint[]): string[] {
  const commands: string[] = []
  const wanted = new Map(
    endpoints.map((endpoint) => [endpoint.id, endpoint.ready ? 'ready' : 'drain'] as const),
  )
  for (const { id, address } of endpoints) {
    if (states.has(id)) continue
    commands.push(`add server replicas/${id} ${address.host}:${address.port}`)
    states.set(id, 'maint')
  }
  for (const [id, state] of states) {
    const next = wanted.get(id) ?? 'maint'
    if (next === state) continue
    commands.push(`set server replicas/${id} state ${next}`)
    states.set(id, next)
  }
  return commands
}

function configuration({ control, address }: ProxySetup): string {
  return `
global
  log stdout format raw local0
  stats socket ${control} mode 600 level admin
defaults
  mode http
  log global
  option dontlog-normal
  retries 3
  option redispatch 1
  timeout connect 5s
  # How long this HAProxy keeps its clients is not what is rehearsed.
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
frontend clients
  bind ${address.host}:${address.port}
  unique-id-format %rt
  log-format "request=%rt %HM %HU: %ST from %s, termination state %tsc, %rc retries, connect %Tc ms, response %Tr ms"
  http-after-response set-header X-Rehearse-Request %[unique-id]
  default_backend replicas
backend replicas
  balance roundrobin
  http-response set-header X-Rehearse-Answered yes
  http-after-response set-header X-Rehearse-Replica %[srv_name] if { srv_id gt 0 }
`
}

/** HAProxy says something only where something is wrong, or `New server registered.` */
function run(path: string, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ path })
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('data', (text: string) => {
      answer += text
    })
    socket.on('end', () => {
      const said = answer.trim()
      if (said === '' || said === 'New server registered.') resolve()
      else reject(new Error(`haproxy: ${command}: ${said}`))
    })
    socket.end(`${command}\n`)
  })
}
