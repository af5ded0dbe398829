import type { Tree } from '../read/tree.js'
import type { Place } from '../text/source.js'
import { inSameNamespace, type KubeObject } from './objects.js'

/** Variables of an environment; a value that comes from somewhere else is there without one. */
export type Environment = ReadonlyMap<string, { readonly value: string | undefined; readonly at: Place }>

/** What a pod finds in a ConfigMap; nothing, if that was not read. */
export type FindConfig = (name: string) => Tree | undefined

/** Finds the ConfigMaps that pods of an object may mean. */
export function createConfigs(objects: readonly KubeObject[]): (pod: KubeObject) => FindConfig {
  const configs = objects.filter(({ kind }) => kind === 'ConfigMap')
  return (pod) => (name) =>
    configs.find((each) => each.name === name && inSameNamespace(each, pod))?.tree.get('data')
}

/** Variables that are written as a list of names and values. */
export function listedEnvironment(list: Tree | undefined, find: FindConfig = () => undefined): Environment {
  const variables = (list?.items ?? []).flatMap((item) => {
    const name = item.get('name')?.text
    if (name === undefined) return []
    const reference = item.get('valueFrom', 'configMapKeyRef')
    const field = find(reference?.get('name')?.text ?? '')?.get(reference?.get('key')?.text ?? '')
    const found = field
      ? { value: field.text, at: field.place }
      : { value: item.get('value')?.text, at: item.place }
    return [[name, found] as const]
  })
  return new Map(variables)
}

/** The variables that a container is given, and where more may come from that was not read. */
export function environmentOf(
  container: Tree,
  find: FindConfig,
): { readonly env: Environment; readonly more: Place | undefined } {
  const env = new Map<string, { value: string | undefined; at: Place }>()
  let more: Place | undefined
  for (const source of container.get('envFrom')?.items ?? []) {
    const config = source.get('configMapRef', 'name')
    const data = find(config?.text ?? '')
    // A Secret is for secrets: nobody looks for a grace period there.
    if (config && data === undefined) more ??= source.place
    const prefix = source.get('prefix')?.text ?? ''
    for (const [name, field] of data?.fields ?? [])
      env.set(prefix + name, { value: field.text, at: field.place })
  }
  for (const [name, found] of listedEnvironment(container.get('env'), find)) env.set(name, found)
  return { env, more }
}
