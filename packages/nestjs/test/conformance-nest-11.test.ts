import { describeServer, groupsOfAdapters } from '@lameduck/conformance'
import { subjectsOf } from './combinations.js'

for (const subject of subjectsOf(11)) {
  const isUsual = subject.name === 'Nest 11 on fastify with http'
  describeServer({ ...subject, onlyInMatrix: !isUsual, groups: groupsOfAdapters })
}
