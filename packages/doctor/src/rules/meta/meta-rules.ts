import { type Rule, rule } from '../rule.js'
import { sources } from '../sources.js'

/** Told by whoever reads and judges; there is no subject to ask them about. */
const told = (declaration: Pick<Rule, 'id' | 'name' | 'severity' | 'why' | 'fix' | 'sources'>): Rule =>
  rule({ ...declaration, subject: 'container', check: () => undefined })

/** Rules about what the doctor itself could not do. */
export const metaRules = {
  template: told({
    id: 'M01',
    name: 'unrendered-template',
    severity: 'info',
    why: 'A template is no manifest: what its fields will be is not known before it is rendered, and a parser of YAML would read it wrongly without noticing.',
    fix: 'Render it first: `helm template … | doctor -`, `kustomize build … | doctor -`.',
    sources: ['https://helm.sh/docs/helm/helm_template/'],
  }),
  image: told({
    id: 'M02',
    name: 'image-unknown',
    severity: 'info',
    why: 'How a container starts is written in its Dockerfile. Where the image of a manifest cannot be told to be one of those that were read, rules that need both were not asked.',
    fix: 'Let doctor read both at once, and name the image after its package or folder; or build it with compose or Skaffold, which say which is which.',
    sources: [sources.dockerfile],
  }),
  unread: told({
    id: 'M05',
    name: 'unreadable',
    severity: 'info',
    why: 'A file that cannot be parsed was not checked.',
    fix: 'Mend the file, or leave it out.',
    sources: ['https://yaml.org/spec/1.2.2/'],
  }),
  noReason: told({
    id: 'M06',
    name: 'suppression-without-reason',
    severity: 'warning',
    why: 'Whoever reads a suppression a year later has to know why it is there. One without a reason, behind two dashes, suppresses nothing.',
    fix: 'Write `# doctor-ignore K02 -- why`.',
    sources: ['packages/doctor/README.md'],
  }),
  unknownRule: told({
    id: 'M07',
    name: 'suppression-of-unknown-rule',
    severity: 'warning',
    why: 'A suppression of a rule that does not exist suppresses nothing; most likely its id is misspelt.',
    fix: 'Write the id of a rule: `doctor --explain` lists them.',
    sources: ['packages/doctor/README.md'],
  }),
  unused: told({
    id: 'M08',
    name: 'suppression-unused',
    severity: 'warning',
    why: 'What it suppressed is no longer there, and it would hide the next one.',
    fix: 'Delete it.',
    sources: ['packages/doctor/README.md'],
  }),
} as const
