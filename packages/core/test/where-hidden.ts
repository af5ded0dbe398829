/** Says why a test is left out where the suite runs with what Node keeps to itself hidden; false where it does not. */
export function isHidden(reason: string): boolean {
  const hidden = process.env['LAMEDUCK_TEST_HIDDEN'] !== undefined
  if (hidden) console.info(`left out, because nobody can ask Node: ${reason}`)
  return hidden
}
