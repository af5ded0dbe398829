import type { Place } from '../text/source.js'

/** Why something was not read. */
export interface Problem {
  /** `template`: it has to be rendered first. `partial`: it is a part of something else. `unread`: it cannot be parsed. */
  readonly kind: 'template' | 'partial' | 'unread'
  readonly at: Place
  readonly message: string
}
