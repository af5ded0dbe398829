/** What a process of the bench can be asked, by name: each takes one argument and gives one answer, as JSON. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: never
}

/** Answers the questions of the process that forked this one, until that is gone. */
export function answerQuestions(answers: Answers): void {
  process.on('message', async ({ id, name, argument }: Question) => {
    try {
      process.send?.({ id, answer: (await answers[name]?.(argument)) ?? null })
    } catch (error) {
      process.send?.({ id, error: String(error) })
    }
  })
  process.on('disconnect', () => process.exit(1))
}
