/**
 * Every code a {@link LifecycleError} can carry, with the sentence that explains it.
 * The list is closed: nothing in lameduck throws a bare `Error`.
 */
export const errorCodes = {
  OPTION_UNKNOWN: 'an option that does not exist was given',
  OPTION_INVALID: 'an option has the wrong type or a value out of range',
  OPTIONS_DO_NOT_FIT: 'the explicit times add up to more than the grace period',
  ENVIRONMENT_INVALID: 'a LAMEDUCK_* environment variable cannot be used',
  PROBE_PATHS_EQUAL: 'two probes have the same path',
  PROBES_PORT_UNUSABLE: 'the probes cannot listen on the port of their own',
  ILLEGAL_TRANSITION: 'the call makes no sense in the present state',
  REGISTERED_TOO_LATE: 'what was registered could not take part any more',
  NOT_A_SERVER: 'attach() was given something that cannot be drained',
  ALREADY_ATTACHED: 'the same server was attached twice',
  NAME_TAKEN: 'two hooks of one kind have the same name',
  ARGUMENT_INVALID: 'an argument has the wrong type',
  EVENT_UNKNOWN: 'an event that does not exist was listened to',
  LIFECYCLE_SHARED: 'lifecycle options stand beside `lifecycle`, which already has its own',
  ALREADY_REGISTERED: 'the adapter was registered twice on one application',
  PROBE_ROUTE_TAKEN: "one of the application's routes is on a probe path",
  FRAMEWORK_UNSUPPORTED: 'the framework at hand has not got what the adapter builds on',
  INTERCEPTOR_MISSING: 'a gRPC server was made without the interceptor that counts calls',
  CHECK_TIMED_OUT: 'a readiness check did not answer in time',
  CLOSE_TIMED_OUT: "the framework's own close did not finish in time",
} as const

/** One of the codes of {@link errorCodes}. */
export type LifecycleErrorCode = keyof typeof errorCodes

/** The only error that lameduck throws: a stable `code`, and a message that names what was expected and what came. */
export class LifecycleError extends Error {
  override readonly name = 'LifecycleError'
  /** Stable across releases; compare this, never the message. */
  readonly code: LifecycleErrorCode

  constructor(code: LifecycleErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(`${message} (${code})`, options)
    this.code = code
  }
}
