import type { Input } from '../project/inputs.js'
import { readJson } from '../read/json-tree.js'
import type { Problem } from '../read/problem.js'
import { readToml } from '../read/toml-tree.js'
import type { Tree } from '../read/tree.js'
import { readYaml, type YamlDocument } from '../read/yaml-tree.js'
import type { Source } from '../text/source.js'
import { readCompose } from './compose.js'
import type { Deployed } from './deployed.js'
import { readEcs } from './ecs.js'
import { readFly } from './fly.js'
import { readEcosystem, readPm2 } from './pm2.js'
import { readProcfile } from './procfile.js'
import { readSystemd } from './systemd.js'
import type { DeployedInput } from './toolbox.js'

/** What was read of platforms other than Kubernetes. */
export interface AllDeployed {
  readonly deployed: readonly Deployed[]
  readonly problems: readonly Problem[]
}

/** For files that are a tree: how it is parsed, and what is found in it. */
const readers: Readonly<
  Record<
    string,
    { parse: (source: Source) => YamlDocument; find: (root: Tree, input: DeployedInput) => Deployed[] }
  >
> = {
  compose: { parse: (source) => readYaml(source)[0] ?? { tree: undefined }, find: readCompose },
  pm2: { parse: readEcosystem, find: readPm2 },
  fly: { parse: readToml, find: readFly },
  ecs: { parse: readJson, find: readEcs },
}

function readOne({ kind, source }: Input, input: DeployedInput): AllDeployed {
  if (kind === 'systemd') return { deployed: readSystemd(source, input), problems: [] }
  if (kind === 'procfile') return { deployed: readProcfile(source, input), problems: [] }
  const reader = readers[kind]
  if (reader === undefined) return { deployed: [], problems: [] }
  const unread = (message: string, at = 0): AllDeployed => ({
    deployed: [],
    problems: [{ kind: 'unread', at: source.place(at), message }],
  })
  if (/^[ \t]*\{[{%]|:[ \t]+\{\{/m.test(source.text) && kind !== 'pm2') {
    return {
      deployed: [],
      problems: [
        {
          kind: 'template',
          at: source.place(Math.max(0, source.text.search(/\{[{%]/))),
          message: 'it is a template that has not been rendered',
        },
      ],
    }
  }
  const { tree, problem } = reader.parse(source)
  if (problem) return unread(problem.message, problem.at)
  return { deployed: tree === undefined ? [] : reader.find(tree, input), problems: [] }
}

/** Reads the services of platforms other than Kubernetes. */
export function readDeployed(inputs: readonly Input[], input: DeployedInput): AllDeployed {
  const read = inputs.map((each) => readOne(each, input))
  return {
    deployed: read.flatMap(({ deployed }) => deployed),
    problems: read.flatMap(({ problems }) => problems),
  }
}
