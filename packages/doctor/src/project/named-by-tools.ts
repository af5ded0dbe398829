import { folderOf, join } from '../files/files.js'
import { readYaml } from '../read/yaml-tree.js'
import { bareName, imageNameIn } from './image-names.js'
import type { Input } from './inputs.js'

/** An image that a tool's file names, and where it is built. */
export interface ToolName {
  readonly name: string
  readonly folder: string
  readonly dockerfile: string | undefined
}

function fromCompose({ source }: Input): ToolName[] {
  const folder = folderOf(source.file)
  return readYaml(source).flatMap(({ tree }) =>
    (tree?.get('services')?.fields ?? []).flatMap(([service, each]) => {
      const build = each.get('build')
      if (build === undefined) return []
      const context = join(folder, build.text ?? build.get('context')?.text ?? '.')
      const file = build.get('dockerfile')?.text
      const dockerfile = file === undefined ? undefined : join(context, file)
      const image = imageNameIn(each.get('image'))
      return [service, ...(image === undefined ? [] : [bareName(image)])].map((name) => ({
        name,
        folder: context,
        dockerfile,
      }))
    }),
  )
}

function fromSkaffold({ source }: Input): ToolName[] {
  if (!source.text.includes('skaffold/')) return []
  const folder = folderOf(source.file)
  return readYaml(source).flatMap(({ tree }) =>
    (tree?.get('build', 'artifacts')?.items ?? []).flatMap((artifact) => {
      const image = imageNameIn(artifact.get('image'))
      if (image === undefined) return []
      const context = join(folder, artifact.get('context')?.text ?? '.')
      const file = artifact.get('docker', 'dockerfile')?.text
      return [
        {
          name: bareName(image),
          folder: context,
          dockerfile: file === undefined ? undefined : join(context, file),
        },
      ]
    }),
  )
}

/** Names of images by what builds them: compose, Skaffold. */
export const namesByTools = (inputs: readonly Input[]): ToolName[] =>
  inputs.flatMap((input) =>
    input.kind === 'compose' ? fromCompose(input) : input.kind === 'kubernetes' ? fromSkaffold(input) : [],
  )
