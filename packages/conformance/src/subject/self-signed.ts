import { readFileSync } from 'node:fs'

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url))

/** TLS options for a server on loopback. */
export const selfSigned = {
  key: fixture('localhost-key.pem'),
  cert: fixture('localhost-cert.pem'),
}
