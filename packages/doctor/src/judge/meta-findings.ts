import type { Project } from '../project/project.js'
import type { Problem } from '../read/problem.js'
import { metaRules } from '../rules/meta/meta-rules.js'
import type { Rule } from '../rules/rule.js'
import type { Place } from '../text/source.js'
import type { Finding } from './finding.js'

/** A finding of a rule that nobody asks. */
export const told = (
  { id, name, severity, fix }: Rule,
  verdict: Finding['verdict'],
  place: Place,
  { computed = '', message, fix: better }: { computed?: string; message: string; fix?: string | undefined },
): Finding => ({ rule: id, name, severity, verdict, place, computed, message, fix: better ?? fix, edits: [] })

function ofProblem({ kind, at, message }: Problem): Finding {
  if (kind === 'unread')
    return told(metaRules.unread, 'unknown', at, { message: `it was not checked: ${message}` })
  const fix = kind === 'partial' ? 'kustomize build … | doctor -' : undefined
  return told(metaRules.template, 'unknown', at, { message: `it was not checked: ${message}`, fix })
}

/** Images of ours in manifests that no Dockerfile was found for, while there are some. */
function ofImages({ containers, images }: Project): Finding[] {
  if (!images.some(({ isOurs }) => isOurs)) return []
  return containers
    .filter(({ isOurs, image, start }) => isOurs && image === undefined && start === undefined)
    .map(({ tree, at, imageName = '?' }) =>
      told(metaRules.image, 'unknown', tree.get('image')?.place ?? at, {
        computed: imageName,
        message:
          'none of the Dockerfiles that were read could be told to make this image, so how it starts was not checked',
      }),
    )
}

/** What could not be read, or not be put together. */
export const metaFindings = (project: Project): Finding[] => [
  ...project.problems.map(ofProblem),
  ...ofImages(project),
]
