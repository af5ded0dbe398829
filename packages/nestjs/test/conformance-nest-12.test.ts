import { describeServer } from '@lameduck/conformance'
import { subjectsOf } from './combinations.js'

for (const subject of subjectsOf(12)) {
  describeServer({ ...subject, onlyInMatrix: subject.name !== 'Nest 12 on express with http' })
}
