import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { unfit } from '../errors.js'
import type { ProxyKind, ProxySetup } from './proxy.js'

const modules = ['ndk_http_module.so', 'ngx_http_lua_module.so']

/**
 * nginx as ingress-nginx runs it: the endpoints are in shared memory, written through a control socket, and a Lua balancer reads them
 * for every request. Nothing is ever reloaded: an nginx that reloads closes idle connections of clients, and loses requests by itself.
 */
export const nginx: ProxyKind = {
  kind: 'nginx',
  install: 'Debian: apt-get install nginx libnginx-mod-http-lua',
  told: 'a Lua balancer, told through shared memory without a reload, as ingress-nginx does',
  inspect(program) {
    const { stdout, stderr } = spawnSync(program, ['-V'], { encoding: 'utf8' })
    const about = stdout + stderr
    const version = /version: (\S+)/.exec(about)?.[1] ?? 'unknown version'
    const loads = loadModules(about, version)
    return { version, configuration: (setup) => configuration(setup, loads) }
  },
  commandLine: (file, folder) => ['-e', 'stderr', '-p', folder, '-c', file],
  createTell: (control) => async (endpoints) => {
    const ready = endpoints.filter((endpoint) => endpoint.ready)
    await post(control, ready.map(({ address: { host, port } }) => `${host}:${port}`).join(' '))
  },
  wayOf(headers, replicaAt) {
    // Of several tries the last one is the last in each list; `-` is a try without an answer.
    const last = (name: string) =>
      String(headers[name] ?? '')
        .split(', ')
        .at(-1) ?? ''
    return {
      replica: replicaAt(last('x-rehearse-peer')),
      byItself: !/^[\d.]+$/.test(last('x-rehearse-answered')),
      trace: String(headers['x-rehearse-connection']),
    }
  },
  logPattern: (connection) => `*${connection} `,
}

function loadModules(about: string, version: string): string {
  if (/lua-nginx-module|ngx_lua|openresty/.test(about)) return ''
  const folder = /--modules-path=(\S+)/.exec(about)?.[1] ?? '/usr/lib/nginx/modules'
  const files = modules.map((name) => join(folder, name))
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) {
    throw unfit('lb', `nginx with its Lua module, got ${version} without ${missing} (${nginx.install})`)
  }
  return files.map((file) => `load_module ${file};`).join('\n')
}

function configuration({ folder, control, address }: ProxySetup, loads: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
${loads}
daemon off;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 10000; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  client_max_body_size 0;
  # How long this nginx keeps its clients is not what is rehearsed.
  keepalive_timeout 1h;
  keepalive_requests 1000000;

  lua_shared_dict rehearse 1m;
  init_by_lua_block { balancer = require "ngx.balancer" }

  upstream replicas {
    server 0.0.0.1;
    balancer_by_lua_block {
      local peers = {}
      for host, port in ngx.shared.rehearse:get("endpoints"):gmatch("(%S+):(%d+)") do
        peers[#peers + 1] = { host, tonumber(port) }
      end
      local tried = ngx.ctx.tried or 0
      ngx.ctx.tried = tried + 1
      ngx.ctx.turn = ngx.ctx.turn or ngx.shared.rehearse:incr("turn", 1, 0)
      if tried + 1 < #peers then balancer.set_more_tries(1) end
      local peer = peers[(ngx.ctx.turn + tried) % #peers + 1]
      balancer.set_current_peer(peer[1], peer[2])
    }
    keepalive 320;
    keepalive_timeout 60s;
    keepalive_requests 10000;
  }

  server {
    listen unix:${control};
    location / {
      content_by_lua_block {
        ngx.req.read_body()
        ngx.shared.rehearse:set("endpoints", ngx.req.get_body_data() or "")
      }
    }
  }

  server {
    listen ${address.host}:${address.port};
    location / {
      rewrite_by_lua_block {
        if (ngx.shared.rehearse:get("endpoints") or "") == "" then return ngx.exit(503) end
      }
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries 3;
      proxy_buffering off;
      proxy_request_buffering on;
      add_header X-Rehearse-Peer $upstream_addr always;
      add_header X-Rehearse-Answered $upstream_header_time always;
      add_header X-Rehearse-Connection $connection always;
    }
  }
}
`
}

function post(socketPath: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/', headers: { connection: 'close' } })
    asked.on('error', reject)
    asked.on('response', (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`nginx answered ${response.statusCode} when it was told of its endpoints`))
      })
    })
    asked.end(body)
  })
}
