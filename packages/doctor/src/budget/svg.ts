import { inSeconds } from './drain.js'
import { endOf, timesOf } from './draw.js'
import type { Slice, Timeline } from './timeline.js'

const row = 22
const label = 110
const chart = 600
const times = 150

const encode = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const colours: Readonly<Record<string, string>> = {
  readiness: '#8a6fb0',
  preStop: '#7f8c8d',
  window: '#2e86c1',
  linger: '#5dade2',
  'in flight': '#28a745',
  'last answers': '#e0a800',
  hooks: '#d35400',
  margin: '#bdc3c7',
}

function drawSlice(slice: Slice, y: number, scale: (time: number) => number): string {
  const { name, from, least, to } = slice
  const fill = colours[name] ?? '#888888'
  const sure = Math.max(from, least)
  const rect = (start: number, end: number, opacity: number) =>
    end > start
      ? `<rect x="${scale(start).toFixed(1)}" y="${y + 4}" width="${(scale(end) - scale(start)).toFixed(1)}" height="${row - 8}" fill="${fill}" fill-opacity="${opacity}"/>`
      : ''
  return [
    `<text x="8" y="${y + 15}">${encode(name)}</text>`,
    rect(from, sure, 1),
    rect(sure, to, 0.45),
    `<text x="${label + chart + 8}" y="${y + 15}">${encode(timesOf(slice))}</text>`,
  ].join('')
}

function drawOne(timeline: Timeline, top: number): { text: string; height: number } {
  const { name, at, grace, slices, notes } = timeline
  const end = endOf(timeline)
  const scale = (time: number) => label + (time / end) * chart
  const body = top + row
  const bottom = body + slices.length * row
  const kill =
    grace === undefined
      ? ''
      : `<line x1="${scale(grace).toFixed(1)}" y1="${body}" x2="${scale(grace).toFixed(1)}" y2="${bottom}" stroke="#c0392b" stroke-width="2"/><text x="${scale(grace).toFixed(1)}" y="${bottom + 15}" text-anchor="end" fill="#c0392b">SIGKILL ${inSeconds(grace)} s</text>`
  const remarks = notes.map(
    (note, i) => `<text x="8" y="${bottom + row + i * row + 15}" fill="#555555">${encode(note)}</text>`,
  )
  const title = `<text x="8" y="${top + 15}" font-weight="bold">${encode(`${name}  ${at.file}:${at.line}`)}</text>`
  const rows = slices.map((slice, i) => drawSlice(slice, body + i * row, scale))
  return {
    text: [title, ...rows, kill, ...remarks].join('\n'),
    height: row * (slices.length + notes.length + 3),
  }
}

/** Draws timelines as SVG. */
export function renderSvg(timelines: readonly Timeline[]): string {
  let top = 8
  const parts = timelines.map((timeline) => {
    const { text, height } = drawOne(timeline, top)
    top += height
    return text
  })
  const size = `width="${label + chart + times}" height="${top}" viewBox="0 0 ${label + chart + times} ${top}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`
}
