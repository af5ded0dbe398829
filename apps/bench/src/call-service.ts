/** The one method that is measured: what it says is bytes, so that the measurement is not of a codec. */
export const greet = {
  path: '/bench.Greeter/Greet',
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
} as const
