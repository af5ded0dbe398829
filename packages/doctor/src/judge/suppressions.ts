import { nearest } from '@lameduck/core/plan'
import type { Project } from '../project/project.js'
import { readYaml } from '../read/yaml-tree.js'
import { rules } from '../rules/all.js'
import { metaRules } from '../rules/meta/meta-rules.js'
import type { Place, Source } from '../text/source.js'
import type { Finding } from './finding.js'
import { told } from './meta-findings.js'

/** Somebody does not want to hear of a rule at some place. */
interface Suppression {
  readonly id: string
  readonly reason: string | undefined
  readonly at: Place
  readonly covers: (finding: Finding) => boolean
}

/** What stands behind the words: the rules, and the reason. */
const comment = /^[ \t]*(?:#|\/\/|;)[ \t]*doctor-ignore\b(.*)$/
const rulesAndReason =
  /^[ \t:]+([A-Za-z]\d+(?:[ \t]*,[ \t]*[A-Za-z]\d+)*)[ \t]*(?:(?:--|—)[ \t]*(.*?)[ \t]*)?$/
/** As far as it names rules at least. */
const onlyRules = /^[ \t:]+([A-Za-z]\d+(?:[ \t]*,[ \t]*[A-Za-z]\d+)*)\b/
const anyComment = /^[ \t]*(?:#|\/\/|;)/

/** The first line below a comment that is none and not empty. */
function lineBelow(source: Source, line: number): number {
  let target = line + 1
  const isPassedOver = (text: string) => anyComment.test(text) || text.trim() === ''
  while (target <= source.lineCount && isPassedOver(source.line(target))) target++
  return target
}

function inLine(source: Source, line: number): Suppression[] {
  const [, written] = comment.exec(source.line(line)) ?? []
  if (written === undefined) return []
  const [, ids = written.trim(), reason] = rulesAndReason.exec(written) ?? onlyRules.exec(written) ?? []
  const target = lineBelow(source, line)
  const at = source.placeOfLine(line)
  return ids.split(/[ \t]*,[ \t]*/).map((id) => ({
    id: id.slice(0, 40).toUpperCase(),
    reason: reason === '' ? undefined : reason,
    at,
    covers: ({ place }) => place.file === at.file && (place.line === target || place.within.includes(target)),
  }))
}

function inComments(source: Source): Suppression[] {
  if (!source.text.includes('doctor-ignore')) return []
  return Array.from({ length: source.lineCount }, (_, i) => inLine(source, i + 1)).flat()
}

function inFile(source: Source): Suppression[] {
  const [document] = readYaml(source)
  return (document?.tree?.get('ignore')?.items ?? []).flatMap((item) => {
    const id = (item.get('rule')?.text ?? '').toUpperCase()
    const file = item.get('file')?.text
    const reason = item.get('reason')?.text
    const covers = ({ place }: Finding) =>
      file === undefined || place.file === file || place.file.endsWith(`/${file}`)
    return [{ id, reason, at: item.place, covers }]
  })
}

const knownIds = rules.map(({ id }) => id)

function unknownRule(id: string, at: Place): Finding {
  const meant = nearest(id, knownIds)
  return told(metaRules.unknownRule, 'fail', at, {
    computed: id,
    message: `there is no rule ${id}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  })
}

/** What is left of findings, and what is wrong with suppressions. */
export function suppress(
  project: Project,
  findings: readonly Finding[],
): { findings: Finding[]; suppressed: number } {
  const suppressions = [...project.sources.values()].flatMap((source) =>
    /(?:^|\/)\.doctor\.ya?ml$/.test(source.file) ? inFile(source) : inComments(source),
  )
  const complaints: Finding[] = []
  const used = new Set<Finding>()
  for (const { id, reason, at, covers } of suppressions) {
    if (!knownIds.includes(id)) {
      complaints.push(unknownRule(id, at))
      continue
    }
    const covered = findings.filter((finding) => finding.rule === id && covers(finding))
    if (reason === undefined) {
      complaints.push(
        told(metaRules.noReason, 'fail', at, {
          computed: id,
          message: `it gives no reason, and suppresses nothing`,
        }),
      )
    } else if (covered.length === 0) {
      complaints.push(
        told(metaRules.unused, 'fail', at, { computed: id, message: `${id} finds nothing there` }),
      )
    } else for (const finding of covered) used.add(finding)
  }
  return {
    findings: [...findings.filter((finding) => !used.has(finding)), ...complaints],
    suppressed: used.size,
  }
}
