import { userInfo } from 'node:os'
import type { BalancerKind } from './balancer.js'

/** nginx with connections to the servers kept alive, as its documentation says; everything else as it comes. */
export const nginx: BalancerKind = {
  name: 'nginx',
  program: 'nginx',
  versionArgument: '-v',
  harmless: /Connection refused/,
  commandLine: (file, folder) => ['-e', 'stderr', '-p', folder, '-c', file],
  // `max_fails=0`: by default a server that has refused once is left out for ten seconds, and after three replacements within that time
  // there is nobody left, however well they drain. This way it keeps being asked, which is also the harder test.
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
    ${servers.map((server) => `server 127.0.0.1:${server} max_fails=0;`).join('\n    ')}
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
