import { knowBase } from '../../dockerfile/bases.js'
import type { Image } from '../../dockerfile/image.js'
import { nameOf } from '../../files/files.js'
import type { Place } from '../../text/source.js'
import { fail, type Outcomes, pass, unseen } from '../rule.js'

const tools = ['curl', 'wget'] as const

const isNodes = (name: string) => /(?:^|\/)node(?:[:@]|$)/.test(name)

/** Whether what made the image speaks of a tool: to install it, to copy it, or to call it, which takes that it is there. */
function speaksOf({ instructions }: Image, tool: string): boolean {
  const named = new RegExp(`(?<![\\w-])${tool}(?![\\w-])`)
  return instructions.some(
    ({ name, rest, heredocs }) =>
      ['RUN', 'COPY', 'ADD', 'ARG', 'ENV'].includes(name) &&
      [rest, ...heredocs.map(({ text }) => text)].some((text) => named.test(text)),
  )
}

/** Whether it installs, or copies from another image, what is not named here. */
const addsUnseen = ({ instructions }: Image): boolean =>
  instructions.some(({ name, rest }) =>
    name === 'RUN'
      ? /\b(?:add|install)\b[^;&|]*(?:\$|<)|\bxargs\b/.test(rest)
      : name === 'COPY' && /--from=.*\bs?bin\/?$/.test(rest.trim()),
  )

/** Whether an image has a tool: busybox brings wget, and Node's full image both. */
function hasTool(name: string, image: Image | undefined, tool: string): boolean {
  const { shell, isBare } = knowBase(name)
  if (image && speaksOf(image, tool)) return true
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
  const computed = `${used.join(', ')} ∉ ${nameOf(name)}`
  if (image && addsUnseen(image))
    return unseen({ at, computed, message: 'what the image gets on its way was not seen whole' })
  return fail({
    at,
    computed,
    message: `the image has no ${used.join(' and no ')}: the container is unhealthy from the start`,
  })
}
