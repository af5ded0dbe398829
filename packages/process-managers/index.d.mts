/** The scripts of process managers that people keep services running with, to be run by Node. */
export const processManagers: {
  readonly nodemon: string
  readonly pm2: string
}
