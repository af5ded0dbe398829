import { knowBase } from '../../dockerfile/bases.js'
import type { Image } from '../../dockerfile/image.js'
import { nameOf } from '../../files/files.js'
import type { Place } from '../../text/source.js'
import { fail, type Outcomes, pass } from '../rule.js'

const tools = ['curl', 'wget'] as const

const isNodes = (name: string) => /(?:^|\/)node(?:[:@]|$)/.test(name)

/** Whether an image has a tool: busybox brings wget, and Node's full image both. */
function hasTool(name: string, image: Image | undefined, tool: (typeof tools)[number]): boolean {
  const { shell, isBare } = knowBase(name)
  const isCopied = image?.copies.some(({ from, to }) => [...from, to].some((path) => nameOf(path) === tool))
  if (isCopied || image?.installs(tool)) return true
  return shell === 'ash' ? tool === 'wget' : !isBare
}

/** What a health check calls that the image does not have; nothing is said about an image that was not seen and is not Node's own. */
export function checkTools(
  text: string,
  at: Place,
  { image, imageName = '' }: { image: Image | undefined; imageName?: string | undefined },
): Outcomes {
  const used = tools.filter((tool) => new RegExp(`\\b${tool}\\b`).test(text))
  if (used.length === 0) return pass
  const name = image ? (image.baseName ?? '') : imageName
  const { shell, isBare } = knowBase(name)
  const isKnown = isNodes(name) || (image !== undefined && (shell === 'ash' || isBare))
  if (!isKnown) return undefined
  if (used.some((tool) => hasTool(name, image, tool))) return pass
  return fail({
    at,
    computed: `${used.join(', ')} ∉ ${nameOf(name)}`,
    message: `the image has no ${used.join(' and no ')}: the container is unhealthy from the start`,
  })
}
