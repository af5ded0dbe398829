/** Scheme and authority of a target in absolute form, as clients of a proxy send it (RFC 9112 §3.2.2). */
const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/** Path and query of a request's target as they were sent: nothing is decoded. Only an absolute form loses its front. */
export const pathOf = (target: string): string =>
  // Nearly every target begins with a slash.
  target.charCodeAt(0) === 47 ? target : target.replace(origin, '')
