import { checkSigterm } from '@lameduck/example-kit/testing'

checkSigterm(new URL('../dist/main.js', import.meta.url))
