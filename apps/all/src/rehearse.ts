// `npm start`: rolls every example service out under load, and one of them once more without lameduck.
import { compare } from '@lameduck/example-kit'
import { ours as express } from '@lameduck/express-api/versions'
import { ours as fastify, plain } from '@lameduck/fastify-api/versions'
import { ours as grpc } from '@lameduck/grpc-api/versions'
import { ours as nestjs } from '@lameduck/nestjs-api/versions'

await compare({ ours: [fastify, express, nestjs, grpc], plain, rollouts: 1 })
