// usage: fleet-subject.js FRAMEWORK EQUIPMENT,EQUIPMENT…: several small servers in one process, each with or without lameduck.
import type { AddressInfo } from 'node:net'
import type { LifecycleOptions } from '@lameduck/core'
import { answerQuestions } from './answering.js'
import { peers } from './equipment.js'
import { frameworks } from './frameworks.js'

const [framework = '', equipments = ''] = process.argv.slice(2)
const options: LifecycleOptions = { gracePeriod: 60_000, shutdownDelay: 0, linger: 0, logger: false }
const ports: number[] = []
for (const equipment of equipments.split(',')) {
  const server = await frameworks[framework]?.(equipment === 'lameduck' ? options : undefined, equipment)
  if (server === undefined) throw new Error(`expected a framework, got ${framework}`)
  peers[equipment]?.(server)
  ports.push((server.address() as AddressInfo).port)
}

answerQuestions({ ports: () => ports, cpu: () => process.cpuUsage() })
