import { isForDevelopment } from '../files/classify.js'
import { folderOf, join } from '../files/files.js'
import { wordsOf as listOf } from '../kubernetes/container.js'
import { textOf } from '../model/fact.js'
import { withImageEnv } from '../project/containers.js'
import { imageNameIn, isStranger, saysNode } from '../project/image-names.js'
import type { Tree } from '../read/tree.js'
import type { ImageSubject } from '../rules/subjects.js'
import { splitWords } from '../shell/command-line.js'
import { linksOf } from '../start/start.js'
import type { Deployed } from './deployed.js'
import { timeOf } from './times.js'
import { assemble, containerStart, type DeployedInput, environmentIn } from './toolbox.js'

/** compose splits a text into words itself, without a shell. */
function wordsOf(tree: Tree | undefined): readonly string[] | undefined {
  if (tree?.list) return listOf(tree)
  const text = tree?.text ?? (typeof tree?.scalar === 'string' ? tree.scalar : undefined)
  return text === undefined ? undefined : splitWords(text)
}

/** Sources that are mounted into it: it is run from them, as one does while developing. */
const mountsSources = (tree: Tree) =>
  (tree.get('volumes')?.items ?? []).some((item) => {
    const source = item.text?.split(':')[0] ?? item.get('source')?.text ?? ''
    return /^\.{1,2}(?:\/(?:src|app|server|api|packages|apps)?\/?)?$/.test(source)
  })

function subjectOf(
  tree: Tree,
  folder: string,
  { images, findImage }: DeployedInput,
): ImageSubject | undefined {
  const build = tree.get('build')
  if (build) {
    const context = join(folder, build.text ?? build.get('context')?.text ?? '.')
    const file = build.get('dockerfile')?.text
    const path = join(context, file ?? 'Dockerfile')
    return images.find(({ image }) => image.source.file === path)
  }
  const name = imageNameIn(tree.get('image'))
  const image = name === undefined ? undefined : findImage({ name, folder })
  return images.find((each) => each.image === image)
}

/** Reads the services of a compose file. */
export function readCompose(root: Tree, input: DeployedInput): Deployed[] {
  const folder = folderOf(root.source.file)
  return (root.get('services')?.fields ?? []).flatMap(([name, tree]) => {
    if (tree.map === undefined) return []
    const { place: at } = tree
    const subject = subjectOf(tree, folder, input)
    const imageName = imageNameIn(tree.get('image'))
    const hasInit = tree.get('init')?.scalar === true
    const [entrypoint, command] = [tree.get('entrypoint'), tree.get('command')]
    const given = {
      entrypoint: wordsOf(entrypoint),
      command: wordsOf(command),
      at: (command ?? entrypoint ?? tree).place,
      origin: 'compose' as const,
      hasInit,
      imageName,
    }
    const start = containerStart(subject, given, input.packages)
    const env = withImageEnv(environmentIn(tree.get('environment')), subject?.image)
    const develops =
      mountsSources(tree) ||
      isForDevelopment(root.source.file) ||
      (start !== undefined && linksOf(start, 'development').length > 0) ||
      /\bdev\b/.test(given.command?.join(' ') ?? '')
    const deployed = assemble(
      {
        kind: 'compose',
        name,
        at,
        tree,
        root,
        env,
        grace: timeOf(tree.get('stop_grace_period'), 10_000, at),
        signal: textOf(tree.get('stop_signal'), subject?.image.stopSignal?.value ?? 'SIGTERM', at),
        platform: 'docker',
        subject,
        start,
        isForDevelopment: develops || env.get('NODE_ENV')?.value === 'development',
        ...(imageName !== undefined && subject === undefined && (isStranger(imageName) || saysNode(imageName))
          ? { isNode: !isStranger(imageName) }
          : {}),
      },
      input,
    )
    return [deployed]
  })
}
