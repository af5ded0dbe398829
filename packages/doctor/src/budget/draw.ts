import type { Paint } from '../output/paint.js'
import { inSeconds } from './drain.js'
import type { Slice, Timeline } from './timeline.js'

const width = 60

/** Where the drawing of a workload ends. */
export const endOf = ({ grace, slices }: Timeline): number =>
  Math.max(grace ?? 0, ...slices.map(({ to }) => to), 1)

/** The times of a slice, as people write them. */
export function timesOf({ from, least, to }: Slice): string {
  const end = least === to || least <= from ? inSeconds(to) : `${inSeconds(least)}…${inSeconds(to)}`
  return `${inSeconds(from)} – ${end} s`
}

function bar({ from, least, to }: Slice, end: number, grace: number | undefined): string {
  const column = (time: number) => Math.round((time / end) * width)
  const [start, sure, stop] = [
    column(from),
    column(Math.max(from, least)),
    Math.max(column(to), column(from) + 1),
  ]
  const kill = grace === undefined ? -1 : Math.min(column(grace), width - 1)
  return Array.from({ length: width }, (_, at) => {
    if (at >= start && at < sure) return '█'
    if (at >= start && at < stop) return '▒'
    return at === kill ? '┃' : ' '
  }).join('')
}

function drawOne(timeline: Timeline, paint: Paint): string {
  const { name, at, grace, slices, notes } = timeline
  const end = endOf(timeline)
  const late = (each: Slice) => grace !== undefined && each.to > grace
  const rows = slices.map(
    (each) =>
      `  ${each.name.padEnd(12)} ${paint(late(each) ? 'red' : 'green', bar(each, end, grace))} ${timesOf(each)}`,
  )
  const kill =
    grace === undefined
      ? []
      : [
          `  ${'SIGKILL'.padEnd(12)} ${' '.repeat(Math.min(Math.round((grace / end) * width), width - 1))}${paint('red', '┃')} ${inSeconds(grace)} s`,
        ]
  return [
    `${paint('bold', name)}  ${at.file}:${at.line}`,
    ...rows,
    ...kill,
    ...notes.map((note) => `  ${note}`),
    '',
  ].join('\n')
}

/** Draws timelines for a terminal. */
export const drawTimelines = (timelines: readonly Timeline[], paint: Paint): string =>
  timelines.length === 0
    ? 'No Node service that is deployed anywhere was found; --all draws the others.\n\n'
    : `${timelines.map((each) => drawOne(each, paint)).join('\n')}\n`
