/**
 * The scripts of package managers that people start services with, to be run by Node. They are a package of their own,
 * so that none of them is in the way of the `pnpm` that runs this repository.
 */
export const packageManagers: {
  readonly pnpm10: string
  readonly yarn1: string
  readonly yarn4: string
}
