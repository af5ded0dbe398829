import { isForDevelopment } from '../files/classify.js'
import { numberOf } from '../model/fact.js'
import { readJs } from '../read/js-tree.js'
import { readJson } from '../read/json-tree.js'
import type { Tree } from '../read/tree.js'
import { readYaml, type YamlDocument } from '../read/yaml-tree.js'
import type { Source } from '../text/source.js'
import type { Deployed } from './deployed.js'
import { assemble, type DeployedInput, environmentIn } from './toolbox.js'

/** Reads an ecosystem file, whatever it is written in. */
export function readEcosystem(source: Source): YamlDocument {
  if (/\.json$/.test(source.file)) return readJson(source)
  if (/\.ya?ml$/.test(source.file)) return readYaml(source)[0] ?? { tree: undefined }
  return readJs(source)
}

const isProduction = (name: string) => /^env(?:_prod(?:uction)?)?$/.test(name)

function environmentOf(app: Tree): Deployed['env'] {
  const all = app.fields.filter(([name]) => isProduction(name)).map(([, tree]) => environmentIn(tree))
  return new Map(all.flatMap((env) => [...env]))
}

/** What PM2 would put into the environment for lameduck's preset to follow. */
const platformEnv = (app: Tree): Record<string, string> => ({
  pm_id: '0',
  ...Object.fromEntries(
    ['kill_timeout', 'wait_ready', 'exec_mode'].flatMap((name) =>
      app.get(name)?.text === undefined ? [] : [[name, app.get(name)?.text ?? '']],
    ),
  ),
})

const otherLanguage = /\.(?:py|rb|php|sh|pl|jar|exe)$/

/** Reads the applications of an ecosystem file. */
export function readPm2(root: Tree, input: DeployedInput): Deployed[] {
  const apps = root.get('apps')?.items ?? root.items
  const given = apps.length > 0 ? apps : root.get('script') ? [root] : []
  return given
    .filter(({ map }) => map !== undefined)
    .map((tree) => {
      const at = tree.get('name')?.place ?? tree.place
      const script = tree.get('script')?.text ?? ''
      const interpreter = tree.get('interpreter')?.text ?? 'node'
      const deployed: Deployed = assemble(
        {
          kind: 'pm2',
          name: tree.get('name')?.text ?? script,
          at,
          tree,
          root,
          env: environmentOf(tree),
          grace: toMilliseconds(tree, at),
          signal: { value: 'SIGINT', at, isDefault: true },
          platform: 'pm2',
          platformEnv: platformEnv(tree),
          subject: undefined,
          start: undefined,
          isNode: /node/.test(interpreter) && !otherLanguage.test(script),
          isForDevelopment:
            isForDevelopment(root.source.file) || /(?:^|[-_])dev$/.test(tree.get('name')?.text ?? ''),
        },
        input,
      )
      return deployed
    })
}

/** `kill_timeout` is in milliseconds. */
const toMilliseconds = (tree: Tree, at: Deployed['at']) => numberOf(tree.get('kill_timeout'), 1600, at)
