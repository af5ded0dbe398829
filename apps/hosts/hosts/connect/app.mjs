import { once } from 'node:events'
import { create, createFileRegistry } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, file_google_protobuf_wrappers } from '@bufbuild/protobuf/wkt'
import { slow } from '../slow.mjs'

// What a code generator writes of: service Answers { rpc Quick(StringValue) returns (StringValue); … }
const text = '.google.protobuf.StringValue'
const method = ['Quick', 'Slow', 'Endless'].map((name) => ({ name, inputType: text, outputType: text }))
const { name: dependency } = file_google_protobuf_wrappers.proto
const file = create(FileDescriptorProtoSchema, {
  name: 'answers.proto',
  package: 'hosts',
  syntax: 'proto3',
  dependency: [dependency],
  service: [{ name: 'Answers', method }],
})
const answers = createFileRegistry(file, (name) =>
  name === dependency ? file_google_protobuf_wrappers : undefined,
).getService('hosts.Answers')

export const routes = (router) =>
  router.service(answers, {
    quick: () => ({ value: 'quick' }),
    slow: async () => ({ value: await slow() }),
    async endless(_, { signal }) {
      console.log('{"asked":true}')
      await once(signal, 'abort')
      throw signal.reason
    },
  })
