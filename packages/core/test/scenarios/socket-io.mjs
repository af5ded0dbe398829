// A Socket.IO server that echoes and, on the signal, says goodbye. ATTACH names what is attached besides the HTTP server.
import { createServer } from 'node:http'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { Server } from 'socket.io'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const server = createServer((_request, response) => response.end('fast'))
const io = new Server(server)
io.on('connection', (socket) => {
  socket.on('echo', (text, answer) => answer(text))
  socket.on('big', (count, size) => {
    for (let number = 0; number < count; number++) socket.emit('part', number, 'x'.repeat(size))
    say({ sent: count })
  })
  socket.on('disconnect', (reason) => say({ disconnected: reason }))
})
lifecycle.signal.addEventListener('abort', () => io.emit('goodbye'))
const attached = { io, engine: io.engine }
lifecycle.attach(server)
if (process.env.ATTACH === 'later') io.once('connection', () => lifecycle.attach(io))
else lifecycle.attach(attached[process.env.ATTACH])
server.listen(0, '127.0.0.1', () => {
  lifecycle.ready()
  sayListening(lifecycle, server.address().port)
})
