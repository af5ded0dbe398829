/** A Node.js to test with: the path of the executable, and what it says of itself, like `v22.23.3`. */
export interface NodeVersion {
  readonly binary: string
  readonly version: string
}

/**
 * One Node.js of every line that lameduck supports, the oldest first. Throws if one of them cannot be run: a version that is not
 * tested must not go unnoticed.
 */
export function nodeVersions(): NodeVersion[]
