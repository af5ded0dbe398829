/** One command of a line or a script, between its operators. */
export interface SimpleCommand {
  /** Without assignments before it, quotes and redirections; variables are left as they stand. */
  readonly words: readonly string[]
  /** What stands after it: `&&`, `||`, `;`, `|`, `&`, a line's end, or nothing. */
  readonly operator: string
  /** Where it begins and ends in the text. */
  readonly start: number
  readonly end: number
  /** Variables that are set for it alone. */
  readonly assignments: readonly string[]
}

interface Token {
  readonly kind: 'word' | 'operator'
  readonly text: string
  readonly start: number
  readonly end: number
}

const assignment = /^[A-Za-z_]\w*\+?=/

/** Reads what a shell would, as far as words and operators go. It expands nothing. */
class Reader {
  private at = 0
  private readonly text: string
  private readonly heredocs: { word: string; dash: boolean }[] = []

  constructor(text: string) {
    this.text = text
  }

  *tokens(): Generator<Token> {
    while (this.skipBlanks()) {
      const start = this.at
      const operator = this.operator()
      if (operator !== undefined) yield { kind: 'operator', text: operator, start, end: this.at }
      else if (!this.redirection()) yield { kind: 'word', text: this.word(), start, end: this.at }
    }
  }

  private skipBlanks(): boolean {
    const { text } = this
    while (this.at < text.length) {
      const char = text[this.at]
      if (char === ' ' || char === '\t' || char === '\r') this.at++
      else if (char === '\\' && /^\r?\n/.test(text.slice(this.at + 1, this.at + 3)))
        this.at += text[this.at + 1] === '\r' ? 3 : 2
      else if (char === '#') this.at = this.lineEnd()
      else return true
    }
    return false
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at)
    return end < 0 ? this.text.length : end
  }

  private operator(): string | undefined {
    const [found] = /^(?:&&|\|\||;;|[;|&\n](?![>])|\(|\))/.exec(this.text.slice(this.at, this.at + 3)) ?? []
    if (found === undefined) return undefined
    this.at += found.length
    if (found === '\n') this.skipHeredocs()
    return found
  }

  private redirection(): boolean {
    const match = /^(?:\d*|&)(?:<<<|<<-?|>>|>&|<&|>\||[<>])/.exec(this.text.slice(this.at, this.at + 12))
    if (!match) return false
    this.at += match[0].length
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++
    const target = this.word()
    if (/<<-?$/.test(match[0])) this.heredocs.push({ word: target, dash: match[0].endsWith('-') })
    return true
  }

  private skipHeredocs(): void {
    for (const { word, dash } of this.heredocs.splice(0)) {
      while (this.at < this.text.length) {
        const end = this.lineEnd()
        const line = this.text.slice(this.at, end).replace(/\r$/, '')
        this.at = Math.min(end + 1, this.text.length)
        if ((dash ? line.replace(/^\t+/, '') : line) === word) break
      }
    }
  }

  private word(): string {
    const start = this.at
    let word = ''
    while (this.at < this.text.length && !/[\s;|&()<>]/.test(this.text[this.at] as string))
      word += this.piece()
    // What no rule knows is passed over, so that reading always goes on.
    if (this.at === start) this.at++
    return word
  }

  private piece(): string {
    const char = this.text[this.at] as string
    if (char === "'" || char === '"' || char === '`') return this.quoted(char)
    if (char === '$' && /[({]/.test(this.text[this.at + 1] ?? '')) return this.substitution()
    const length = char === '\\' ? 2 : 1
    const piece = this.text.slice(this.at + length - 1, this.at + length)
    this.at += length
    return piece
  }

  private quoted(quote: string): string {
    const start = ++this.at
    let word = ''
    while (this.at < this.text.length && this.text[this.at] !== quote) {
      if (quote !== "'" && this.text[this.at] === '\\') this.at++
      word += this.text[this.at] ?? ''
      this.at++
    }
    this.at++
    return quote === '`' ? `\`${this.text.slice(start, this.at)}` : word
  }

  /** `$(…)` and `${…}` as they stand. */
  private substitution(): string {
    const start = this.at
    const [open, close] = this.text[this.at + 1] === '(' ? ['(', ')'] : ['{', '}']
    let depth = 0
    for (this.at++; this.at < this.text.length; this.at++) {
      const char = this.text[this.at]
      if (char === open) depth++
      else if (char === close && --depth === 0) break
    }
    this.at++
    return this.text.slice(start, this.at)
  }
}

/** The commands of a line or a script, in their order; words of the shell's own (`if`, `then`, `{`) are left out. */
export function readCommands(text: string): SimpleCommand[] {
  const commands: SimpleCommand[] = []
  let current: Token[] = []
  const finish = (operator: string) => {
    const command = toCommand(current, operator)
    if (command) commands.push(command)
    current = []
  }
  for (const token of new Reader(text).tokens()) {
    if (token.kind === 'operator') finish(token.text)
    else current.push(token)
  }
  finish('')
  return commands
}

/** Words that may stand before a command without being part of it. */
const before = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '{', '!', 'time'])
const alone = new Set(['fi', 'done', 'esac', '}', 'in'])

function toCommand(tokens: readonly Token[], operator: string): SimpleCommand | undefined {
  let rest = tokens
  while (rest[0] && before.has(rest[0].text)) rest = rest.slice(1)
  const assignments: string[] = []
  while (rest[0] && assignment.test(rest[0].text)) {
    assignments.push(rest[0].text)
    rest = rest.slice(1)
  }
  const [first] = rest
  const last = tokens.at(-1)
  if (!first || !last || alone.has(first.text)) return undefined
  return { words: rest.map(({ text }) => text), operator, start: first.start, end: last.end, assignments }
}

/** The words of one command, for settings that no shell reads (`command:` in compose, `ExecStart=`). */
export const splitWords = (text: string): readonly string[] => {
  const words: string[] = []
  for (const match of text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g))
    words.push((match[1] ?? match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1'))
  return words
}
