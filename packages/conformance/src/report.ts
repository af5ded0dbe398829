/** The report as a server under test prints it: only what this suite looks at, so that the suite depends on no package. */
export interface PrintedReport {
  readonly reason: string
  readonly signal?: string
  readonly exitCode: number
  readonly clean: boolean
  readonly durations: Readonly<Record<string, number>>
  readonly requests: { readonly finished: number; readonly cut: number }
  readonly connections: Readonly<Record<string, number>>
  readonly cut: readonly CutWork[]
  readonly unlisted: number
  readonly hooks: readonly {
    readonly name: string
    readonly duration: number
    readonly outcome: 'done' | 'failed' | 'timed-out'
  }[]
}

export interface CutWork {
  readonly kind: string
  readonly method?: string
  readonly path?: string
  readonly name?: string
  readonly age: number
  readonly remoteAddress?: string
}
