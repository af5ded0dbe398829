/** Nothing of the test runner's environment may change what the subject detects. */
export function cleanEnvironment(options: unknown): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), SUBJECT_OPTIONS: JSON.stringify(options ?? {}) }
}
