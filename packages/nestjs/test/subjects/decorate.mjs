// Decorators, for a language that has not got them yet.

/** Decorates a class, and its methods by name. */
export function decorate(target, decorators, methods = {}) {
  for (const [name, own] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name)
    for (const each of own) each(target.prototype, name, descriptor)
  }
  for (const each of decorators) each(target)
  return target
}

/** Says what a class or a method of it is given: `[[Inject(Token)], [Req()]]`, by the parameter's position. */
export function parameters(target, name, decorators) {
  for (const [i, each] of decorators.entries()) each(name === undefined ? target : target.prototype, name, i)
}
