import { checkManifests } from '@lameduck/example-kit/testing'

checkManifests(new URL('../k8s/', import.meta.url))
