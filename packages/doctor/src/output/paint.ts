/** Puts colours around a text, or not. */
export type Paint = (style: 'red' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'green', text: string) => string

const codes = {
  red: [31, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
} as const

/** For a terminal that shows colours. */
export const inColour: Paint = (style, text) => `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m`

/** For everything else. */
export const plain: Paint = (_style, text) => text
