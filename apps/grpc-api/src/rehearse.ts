// Rolls this service out under load, with lameduck and without, and shows what became of the calls.
import { compare } from '@lameduck/example-kit'
import { ours, plain } from './versions.js'

await compare({ ours: [ours], plain, rollouts: 2 })
