/** A change of a file: what stands between two offsets is replaced. */
export interface Edit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
}
