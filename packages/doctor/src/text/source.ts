/** A place in a text, as people count: from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The lines of what holds this place, from the inside out: a suppression above one of them counts as well. */
  readonly within: readonly number[]
  /** Where it is in the text, counted from 0, for edits. */
  readonly start: number
  readonly end: number
}

/** A text that was read, and where its lines begin. */
export interface Source {
  readonly file: string
  readonly text: string
  /** The place of a part of it. */
  place(start: number, end?: number, within?: readonly number[]): Place
  /** The place where a line begins. */
  placeOfLine(number: number): Place
  /** The number of the line that has this offset, from 1. */
  lineOf(offset: number): number
  /** A line's text without its end; `''` where there is none. */
  line(number: number): string
  readonly lineCount: number
}

function beginnings(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Indexes a text. `nameAt` tells the file of an offset, where one stream holds several. */
export function createSource(
  file: string,
  text: string,
  nameAt: (offset: number) => string = () => file,
): Source {
  const starts = beginnings(text)

  const lineOf = (offset: number) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }

  const place: Source['place'] = (start, end = start, within = []) => {
    const line = lineOf(start)
    const column = start - (starts[line - 1] as number) + 1
    return { file: nameAt(start), line, column, within, start, end }
  }

  return {
    file,
    text,
    place,
    placeOfLine: (number) => place(starts[number - 1] ?? text.length),
    lineCount: starts.length,
    lineOf,
    line: (number) => {
      const start = starts[number - 1]
      if (start === undefined) return ''
      return text.slice(start, (starts[number] ?? text.length + 1) - 1).replace(/\r$/, '')
    },
  }
}
