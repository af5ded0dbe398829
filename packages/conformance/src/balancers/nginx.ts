import { userInfo } from 'node:os'
import type { BalancerKind } from './balancer.js'

/** nginx with connections to the servers kept alive, as its documentation says; everything else as it comes. */
export const nginx: BalancerKind = {
  name: 'nginx',
  program: 'nginx',
  versionArgument: '-v',
  commandLine: (file, folder) => ['-e', 'stderr', '-p', folder, '-c', file],
  // A server that refuses is asked again after a second instead of ten, because its successor is there by then.
  configuration: ({ folder, port, servers }) => `
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 2000; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  upstream servers {
    ${servers.map((server) => `server 127.0.0.1:${server} fail_timeout=1s;`).join('\n    ')}
    keepalive 200;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`,
}
