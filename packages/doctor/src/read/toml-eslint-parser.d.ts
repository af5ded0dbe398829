// What is used of the parser. Its own declarations need ESLint's, which it does not need to run.

/** Where something stands: from and to, counted from 0. */
type Range = [number, number]

/** What a text of TOML is made of. */
export namespace AST {
  /** A name without quotes. */
  export interface TOMLBare {
    type: 'TOMLBare'
    name: string
    range: Range
  }

  /** A name in quotes. */
  export interface TOMLQuoted {
    type: 'TOMLQuoted'
    value: string
    range: Range
  }

  /** `a.b`. */
  export interface TOMLKey {
    type: 'TOMLKey'
    keys: (TOMLBare | TOMLQuoted)[]
    range: Range
  }

  /** `a = 1`. */
  export interface TOMLKeyValue {
    type: 'TOMLKeyValue'
    key: TOMLKey
    value: TOMLContentNode
    range: Range
  }

  /** `[a.b]` or `[[a.b]]`, and what stands below it. */
  export interface TOMLTable {
    type: 'TOMLTable'
    kind: 'standard' | 'array'
    key: TOMLKey
    body: TOMLKeyValue[]
    range: Range
  }

  /** `{ a = 1 }`. */
  export interface TOMLInlineTable {
    type: 'TOMLInlineTable'
    body: TOMLKeyValue[]
    range: Range
  }

  /** `[1, 2]`. */
  export interface TOMLArray {
    type: 'TOMLArray'
    elements: TOMLContentNode[]
    range: Range
  }

  /** A text, a number, a date, true or false. */
  export interface TOMLValue {
    type: 'TOMLValue'
    value: string | number | boolean | Date
    range: Range
  }

  /** Whatever may stand behind `=`. */
  export type TOMLContentNode = TOMLInlineTable | TOMLArray | TOMLValue
}

/** A text that is not TOML. */
export class ParseError extends SyntaxError {
  index: number
}

/** @throws {ParseError} */
export function parseTOML(code: string): { body: [{ body: (AST.TOMLKeyValue | AST.TOMLTable)[] }] }
