import { folderOf } from '../files/files.js'
import { listedEnvironment } from '../kubernetes/environment.js'
import { factOf } from '../model/fact.js'
import { imageNameIn, isStranger, saysNode } from '../project/image-names.js'
import type { Tree } from '../read/tree.js'
import type { Deployed } from './deployed.js'
import { assemble, containerStart, type DeployedInput } from './toolbox.js'

const wordsOf = (tree: Tree | undefined): readonly string[] | undefined => {
  const words = tree?.items.map(({ text }) => text ?? '')
  return words === undefined || words.length === 0 ? undefined : words
}

/** Reads the containers of a task definition. */
export function readEcs(root: Tree, input: DeployedInput): Deployed[] {
  const task = root.get('taskDefinition') ?? root
  return (task.get('containerDefinitions')?.items ?? []).map((tree) => {
    const at = tree.get('name')?.place ?? tree.place
    const imageName = imageNameIn(tree.get('image')) ?? ''
    const image = input.findImage({ name: imageName, folder: folderOf(root.source.file) })
    const subject = input.images.find((each) => each.image === image)
    const hasInit = tree.get('linuxParameters', 'initProcessEnabled')?.scalar === true
    const [entrypoint, command] = [tree.get('entryPoint'), tree.get('command')]
    const given = {
      entrypoint: wordsOf(entrypoint),
      command: wordsOf(command),
      at: (command ?? entrypoint ?? tree).place,
      origin: 'ecs' as const,
      hasInit,
      imageName,
    }
    return assemble(
      {
        kind: 'ecs',
        name: tree.get('name')?.text ?? imageName,
        at,
        tree,
        root,
        env: listedEnvironment(tree.get('environment')),
        grace: factOf(tree.get('stopTimeout'), 30_000, at, ({ number }) =>
          number === undefined ? undefined : number * 1000,
        ),
        signal: { value: subject?.image.stopSignal?.value ?? 'SIGTERM', at, isDefault: true },
        platform: 'ecs',
        subject,
        start: containerStart(subject, given, input.packages),
        ...(subject === undefined && (isStranger(imageName) || saysNode(imageName))
          ? { isNode: !isStranger(imageName) }
          : {}),
      },
      input,
    )
  })
}
