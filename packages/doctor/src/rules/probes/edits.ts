import type { Edit } from '../../fix/edit.js'
import { fieldAfter } from '../../fix/yaml-edits.js'
import type { Probe } from '../../kubernetes/container.js'
import type { Container } from '../../project/container.js'
import { answersProbes, pathOf } from './asking.js'

/** The port of a container that probes can ask, if there is no doubt. */
function onlyPort({ tree }: Container): string | undefined {
  const ports = tree.get('ports')?.items ?? []
  const [port] = ports
  return ports.length === 1 ? (port?.get('name')?.text ?? port?.get('containerPort')?.text) : undefined
}

/** A readiness probe where none is, if lameduck answers it and there is one port. */
export function addProbe(container: Container, name: 'readinessProbe'): readonly Edit[] | undefined {
  const port = onlyPort(container)
  if (port === undefined || !answersProbes(container)) return undefined
  return fieldAfter(container.tree, 'ports', [
    `${name}:`,
    '  httpGet:',
    `    path: ${pathOf(container, 'readyz')}`,
    `    port: ${port}`,
    '  periodSeconds: 2',
    '  failureThreshold: 2',
  ])
}

/** Asks lameduck's own path instead. */
export function replaceHandler(
  container: Container,
  probe: Probe,
  name: 'readyz' | 'livez',
): readonly Edit[] | undefined {
  if (!answersProbes(container)) return undefined
  const path = pathOf(container, name)
  const written = probe.handler?.get('path')
  if (probe.kind === 'httpGet' && written?.text !== undefined) {
    return [{ file: written.source.file, start: written.start, end: written.end, text: path }]
  }
  const { handler } = probe
  if (probe.kind !== 'tcpSocket' || handler?.key === undefined || handler.isFlow) return undefined
  const port = handler.get('port')
  if (port?.key === undefined) return undefined
  const { file, text } = handler.source
  const lineStart = text.lastIndexOf('\n', port.key.start - 1) + 1
  const indent = text.slice(lineStart, port.key.start)
  if (indent.trim() !== '') return undefined
  return [
    { file, start: handler.key.start, end: handler.key.end, text: 'httpGet' },
    {
      file,
      start: port.key.start,
      end: port.key.start,
      text: `path: ${path}${text.includes('\r\n') ? '\r\n' : '\n'}${indent}`,
    },
  ]
}
