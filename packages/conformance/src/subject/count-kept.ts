import { setTimeout as sleep } from 'node:timers/promises'

/** How many of the objects that `make` makes are still there when they should have been collected; needs `--expose-gc`. */
export async function countKept(make: () => object | Promise<object>, times: number): Promise<number> {
  const made: WeakRef<object>[] = []
  for (let i = 0; i < times; i++) made.push(new WeakRef(await make()))
  for (let i = 0; i < 5; i++) {
    await sleep(50)
    globalThis.gc?.()
  }
  return made.filter((each) => each.deref() !== undefined).length
}
