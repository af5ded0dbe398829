// A small gRPC server, with or without lameduck, that tells what it costs.
import {
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { graceful } from '@lameduck/grpc'
import { answerQuestions } from './answering.js'
import { greet } from './call-service.js'

const hasLameduck = process.argv[3] === 'lameduck'
const answer = Buffer.from('hello world')

function createServer(): Server {
  const interceptors: ServerInterceptor[] = []
  if (!hasLameduck) return new Server({ interceptors })
  const { interceptor, attach } = graceful({
    gracePeriod: 60_000,
    shutdownDelay: 0,
    linger: 0,
    logger: false,
  })
  interceptors.push(interceptor)
  const server = new Server({ interceptors })
  attach(server)
  return server
}

const server = createServer()
server.addService(
  { greet },
  { greet: (_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => done(null, answer) },
)
const port = await new Promise<number>((resolve, reject) =>
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  ),
)

answerQuestions({ port: () => port, cpu: () => process.cpuUsage() })
