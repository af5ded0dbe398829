/** A gRPC call that can be made over and over. */
export interface GrpcCall {
  /** The answer is a stream. */
  responseStream: boolean
  serialize(request: object): Buffer
  deserialize(bytes: Buffer): object
  /** Fields by their names in the .proto file. */
  request: object
  /** Fields that the messages of the answer have, in order, and no further message; `undefined`: any answer will do. */
  expect: readonly object[] | undefined
}
