const { createServer } = require('node:http')
const { createLifecycle } = require('@lameduck/core')

const lifecycle = createLifecycle()
const server = createServer((request, response) => {
  const ms = Number(new URL(request.url, 'http://service').searchParams.get('ms'))
  setTimeout(() => response.end(JSON.stringify({ pid: process.pid, plan: lifecycle.plan })), ms)
})
lifecycle.attach(server)
lifecycle.startup('the other end', () => new Promise((resolve) => setTimeout(resolve, 200)))
server.listen(Number(process.env.PORT), '127.0.0.1')
lifecycle.ready()
