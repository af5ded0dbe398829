// A service as its author would write it. What is unusual about it is asked for in the environment.

import { Server, ServerCredentials, ServerInterceptingCall } from '@grpc/grpc-js'
import { observe, say, sayListening, selfSigned, testOptions } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/grpc'
import { handlersFor, work } from './service.mjs'

const { TLS, CHANNELZ, ORDER = 'attach first', PORTS = '1', INTERCEPTORS = '0' } = process.env

const { interceptor, attach, lifecycle } = graceful({ logger: console, ...testOptions() })
observe(lifecycle)
lifecycle.on('draining', () => say({ drainingAt: Date.now() }))
const others = Array.from(
  { length: Number(INTERCEPTORS) },
  () => (_method, call) => new ServerInterceptingCall(call),
)
const server = new Server({
  interceptors: [interceptor, ...others],
  ...(CHANNELZ === 'off' ? { 'grpc.enable_channelz': 0 } : {}),
})
const credentials =
  TLS === 'on'
    ? ServerCredentials.createSsl(null, [{ private_key: selfSigned.key, cert_chain: selfSigned.cert }])
    : ServerCredentials.createInsecure()
const bind = () =>
  new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port))),
  )

if (ORDER === 'attach first') attach(server)
server.addService(work, handlersFor(lifecycle))
const ports = []
while (ports.length < Number(PORTS)) ports.push(await bind())
if (ORDER === 'bind first') {
  await new Promise((resolve) => setTimeout(resolve, 200))
  attach(server)
}
say({ ports })
sayListening(lifecycle, ports[0])
