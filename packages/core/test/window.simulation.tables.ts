import { type Circumstances, type Constants, earlier, present, simulate } from './window.simulation.js'

export const rates = [0.1, 0.3, 1, 3, 10, 100, 1000]
export const delays = [0, 1, 2, 4, 6, 8, 10, 15, 20, 30].map((seconds) => seconds * 1000)

/** The constants that were compared. */
export const alternatives: Record<string, Constants> = {
  'max(3, 8 ÷ rate), less what is kept alive, open while lingering': present,
  '5 ÷ rate': { ...present, meansOfSilence: 5 },
  'at least 2': { ...present, leastQuiet: 2000 },
  'min 3': { ...present, min: 3000 },
  'min 8': { ...present, min: 8000 },
  'max 15': { ...present, max: 15_000 },
  'not less what is kept alive': { ...present, discountsKept: false },
  'closed before lingering': { ...present, lingersOpen: false },
  'max(2, 5 ÷ rate), closed before lingering': earlier,
}

const slow = [4000, 6000, 8000, 10_000, 12_000, 14_000]
const trialsFor = (rate: number, trials: number) => (rate >= 100 ? Math.ceil(trials / 50) : trials)
const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`
const seconds = (time: number) => (time / 1000).toFixed(1)
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly (string | number)[], rows: readonly (string | number)[][]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

/** The tables of the decision, as Markdown. */
export function tables(trials: number): string {
  const at = (constants: Constants, circumstances: Circumstances) =>
    simulate(constants, circumstances, trialsFor(circumstances.rate, trials))
  const grid = (pool: number) =>
    table(
      ['requests/s', ...delays.map((delay) => `${delay / 1000} s`)],
      rates.map((rate) => [
        rate,
        ...delays.map((delay) => {
          const { early, refused, open } = at(present, { rate, delay, pool })
          return `${percent(early)} / ${percent(refused)} / ${seconds(open)}`
        }),
      ]),
    )
  const busy = [0.1, 1, 3, 10, 100]
  const compared = (pool: number) =>
    table(
      ['constants', ...busy.map((rate) => `${rate}/s`), 'gone in 1 s at 1/s', 'at 3/s', 'at 100/s'],
      Object.entries(alternatives).map(([name, constants]) => {
        const worst = (rate: number) =>
          Math.max(...slow.map((delay) => at(constants, { rate, delay, pool }).refused))
        const cost = (rate: number) => seconds(at(constants, { rate, delay: 1000, pool }).drain)
        return [name, ...busy.map((rate) => percent(worst(rate))), cost(1), cost(3), cost(100)]
      }),
    )
  return [
    'Every request a connection: closed early / turned somebody away / mean time until the listener closes, in seconds',
    grid(0),
    'Twenty kept-alive connections',
    grid(20),
    'Two hundred kept-alive connections',
    grid(200),
    'Worst share of drains that turn somebody away, over delays of 4 to 14 s; mean time until nobody is idle, in seconds, if the balancer leaves within 1 s',
    compared(0),
    'The same with twenty kept-alive connections',
    compared(20),
    'The same with two hundred',
    compared(200),
  ].join('\n\n')
}
