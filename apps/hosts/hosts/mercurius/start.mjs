import Fastify from 'fastify'
import { close, graphql } from './app.mjs'

const app = Fastify()
await app.register(...graphql)
app.addHook('onClose', close)
await app.listen({ port: Number(process.env.PORT) })
