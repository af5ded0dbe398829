import type { Container } from '../project/container.js'
import type { Project } from '../project/project.js'
import { rules } from '../rules/all.js'
import type { Outcome, Rule } from '../rules/rule.js'
import type { Context, Subjects } from '../rules/subjects.js'
import type { Finding } from './finding.js'

type Kind = keyof Subjects

/** A subject, and whether rules that leave room for doubt may be asked about it. */
interface Asked {
  readonly subject: unknown
  readonly isOurs: boolean
  /** Something that was read changes it later. */
  readonly isPatched?: boolean
}

const ofContainer = (container: Container): Asked => ({
  subject: container,
  isOurs: container.isOurs,
  isPatched: container.traffic.patches.length > 0,
})

function subjectsOf(project: Project): Record<Kind, readonly Asked[]> {
  const plain = (list: readonly { readonly isOurs: boolean }[]) =>
    list.map((subject) => ({ subject, isOurs: subject.isOurs }))
  const ourServices = new Set(
    project.containers.flatMap(({ isOurs, traffic }) => (isOurs ? traffic.services : [])),
  )
  return {
    image: plain(project.images),
    package: plain(project.packages),
    start: plain(project.starts),
    container: project.containers.map(ofContainer),
    deployed: plain(project.deployed),
    process: plain([...project.containers, ...project.deployed]),
    service: project.services.map((subject) => ({
      subject,
      isOurs: ourServices.has(subject),
    })),
  }
}

function toFinding(
  { id, name, severity, fix }: Rule,
  outcome: Exclude<Outcome, { verdict: 'pass' }>,
  isPatched: boolean,
): Finding {
  const isDoubtful = isPatched && outcome.verdict === 'fail'
  return {
    rule: id,
    name,
    severity: outcome.severity ?? severity,
    verdict: isDoubtful ? 'unknown' : outcome.verdict,
    place: outcome.at,
    computed: outcome.computed,
    message: isDoubtful
      ? `a kustomize patch changes this workload; as it stands here, ${outcome.message}`
      : outcome.message,
    fix: isDoubtful ? 'kustomize build … | doctor -' : (outcome.fix ?? fix),
    edits: !isDoubtful && outcome.verdict === 'fail' ? (outcome.edits ?? []) : [],
  }
}

/** Every pair of a rule and something that it is for. */
function* pairsOf(project: Project): Generator<{ each: Rule; asked: Asked }> {
  const subjects = subjectsOf(project)
  for (const each of rules)
    for (const asked of subjects[each.subject]) if (asked.isOurs || each.forAll) yield { each, asked }
}

/** A start of an image is also that of a service of compose, which may put an init above it. */
const keyOf = ({ rule, place, computed }: Finding) =>
  [rule, place.file, place.start, computed.replace(/^init → /, '')].join('\0')

/** Asks every rule about every subject it is for; two subjects that lead to the same finding give the first one. */
export function applyRules(
  project: Project,
  context: Context,
): { findings: Finding[]; passed: ReadonlyMap<string, number> } {
  const findings = new Map<string, Finding>()
  const passed = new Map<string, number>()
  for (const { each, asked } of pairsOf(project)) {
    for (const outcome of [each.check(asked.subject as never, context) ?? []].flat()) {
      if (outcome.verdict === 'pass') passed.set(each.id, (passed.get(each.id) ?? 0) + 1)
      else {
        const finding = toFinding(each, outcome, asked.isPatched ?? false)
        const key = keyOf(finding)
        if (!findings.has(key)) findings.set(key, finding)
      }
    }
  }
  return { findings: [...findings.values()], passed }
}
