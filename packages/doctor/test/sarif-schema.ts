const text = { type: 'string', minLength: 1 } as const
const message = { ...closed({ text }), required: ['text'] }
const properties = { type: 'object', additionalProperties: true } as const

/** An object that has these fields and no others. */
function closed<T extends object>(fields: T) {
  return { type: 'object', properties: fields, additionalProperties: false } as const
}

const descriptor = {
  ...closed({
    id: text,
    name: text,
    shortDescription: message,
    fullDescription: message,
    help: message,
    defaultConfiguration: closed({ level: { enum: ['none', 'note', 'warning', 'error'] } }),
  }),
  required: ['id'],
}

const count = { type: 'integer', minimum: 1 } as const

const location = closed({
  physicalLocation: {
    ...closed({
      artifactLocation: closed({ uri: text }),
      region: { ...closed({ startLine: count, startColumn: count }), required: ['startLine'] },
    }),
    required: ['artifactLocation'],
  },
})

const result = {
  ...closed({
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: -1 },
    kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message,
    locations: { type: 'array', items: location },
    partialFingerprints: { type: 'object', additionalProperties: text },
    properties,
  }),
  required: ['message'],
  // §3.27.9: whatever does not fail has no level.
  if: { properties: { kind: { not: { const: 'fail' } } }, required: ['kind'] },
  // biome-ignore lint/suspicious/noThenProperty: that is the keyword of JSON Schema.
  then: { properties: { level: { const: 'none' } }, required: ['level'] },
}

/**
 * What the standard asks of the part of SARIF 2.1.0 that is written, in our own words: §3.13 the log, §3.14 a run, §3.18 and
 * §3.19 its tool, §3.49 a rule, §3.27 a result, §3.11 a message, §3.29 and §3.30 a place. Fields of the standard that are
 * not written are not here: a new one has to be added.
 */
export const sarifSchema = {
  ...closed({
    $schema: text,
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        ...closed({
          tool: {
            ...closed({
              driver: {
                ...closed({
                  name: text,
                  semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+(?:[-+].+)?$' },
                  rules: { type: 'array', items: descriptor, uniqueItems: true },
                }),
                required: ['name'],
              },
            }),
            required: ['driver'],
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: { type: 'array', items: result },
        }),
        required: ['tool'],
      },
    },
  }),
  required: ['version', 'runs'],
}
