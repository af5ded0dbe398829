import { fileURLToPath } from 'node:url'

const script = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))

export const processManagers = {
  nodemon: script('nodemon/bin/nodemon.js'),
  pm2: script('pm2/bin/pm2'),
}
