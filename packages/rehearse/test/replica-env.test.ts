import { expect, test } from 'vitest'
import { inheritedEnv } from '../src/replica-env.js'

test('replicas do not hear that rehearse itself is a script of package.json, or was started by npx', () => {
  const ofScripts = {
    npm_lifecycle_event: 'npx',
    npm_config_user_agent: 'npm/11.0.0 node/v22.0.0 linux x64 workspaces/false',
    NODE_RUN_SCRIPT_NAME: 'rehearse',
    PNPM_SCRIPT_SRC_DIR: '/app',
    INIT_CWD: '/app',
  }
  const own = {
    PATH: '/bin',
    NODE_ENV: 'production',
    NODE_OPTIONS: '--enable-source-maps',
    DATABASE_URL: 'x',
  }
  expect(inheritedEnv({ ...ofScripts, ...own })).toEqual(own)
})
