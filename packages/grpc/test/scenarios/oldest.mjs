// Everybody who imports grpc-js gets the oldest version that is supported.
import { register } from 'node:module'

const oldest = import.meta.resolve('grpc-js-oldest')
const hook = `export const resolve = (specifier, context, next) =>
  specifier === '@grpc/grpc-js' ? { url: ${JSON.stringify(oldest)}, shortCircuit: true } : next(specifier, context)`
register(`data:text/javascript,${encodeURIComponent(hook)}`)
