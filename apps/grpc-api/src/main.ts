import { Server } from '@grpc/grpc-js'
import { graceful } from '@lameduck/grpc'
import { bind } from './bind.js'
import { addGreeter } from './greeter.js'

const { interceptor, attach } = graceful()
const server = new Server({ interceptors: [interceptor] })
attach(server)
addGreeter(server)
await bind(server)
