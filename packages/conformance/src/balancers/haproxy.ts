import type { BalancerKind } from './balancer.js'

/**
 * HAProxy without health checks, so that it learns nothing before a connection is refused. What was refused is sent to
 * another server (`redispatch`), and nothing else is ever sent again.
 *
 * @param reuse which connections to servers may carry another client's request: `safe` not its first one, `always` any
 */
export function haproxy(reuse: 'safe' | 'always'): BalancerKind {
  return {
    name: `HAProxy with http-reuse ${reuse}`,
    program: 'haproxy',
    versionArgument: '-v',
    // The request ended as it should (`----`), if on another server than the first.
    harmless: / ---- /,
    commandLine: (file) => ['-db', '-f', file],
    configuration: ({ port, servers }) => `
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  option redispatch 1
  retries 3
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend clients
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance roundrobin
  http-reuse ${reuse}
${servers.map((server, i) => `  server s${i + 1} 127.0.0.1:${server}`).join('\n')}
`,
  }
}
