import Hapi from '@hapi/hapi'
import { closed, slow } from '../slow.mjs'

export const server = Hapi.server({ port: process.env.PORT })
server.route({ method: 'GET', path: '/quick', handler: () => 'quick' })
server.route({ method: 'GET', path: '/slow', handler: slow })
server.ext('onPostStop', closed)
