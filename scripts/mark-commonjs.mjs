// `dist/cjs` holds CommonJS although the package is `"type": "module"`: a package.json of its own says so.
import { writeFileSync } from 'node:fs'

writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
