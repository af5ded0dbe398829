// Numbers that look random and come again from the same seed (mulberry32).

/**
 * @typedef {object} Random
 * @property {() => number} next from 0 to 1, without 1
 * @property {(limit: number) => number} below a whole number below `limit`
 * @property {<T>(choices: readonly T[]) => T} pick
 * @property {(share: number) => boolean} chance
 * @property {(size: number) => Buffer} bytes
 */

/**
 * @param {number} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (choices) => /** @type {any} */ (choices[below(choices.length)]),
    chance: (share) => next() < share,
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => below(256))),
  }
}
