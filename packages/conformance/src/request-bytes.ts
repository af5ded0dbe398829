export interface RequestParts {
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: string | Buffer
}

/** A request as it goes over the wire. */
export function requestBytes(
  method: string,
  path: string,
  { headers = {}, body }: RequestParts = {},
): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  const framed = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name))
  if (body !== undefined && !framed) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body ?? '')])
}
