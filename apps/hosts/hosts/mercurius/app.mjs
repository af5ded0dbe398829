import mercurius from 'mercurius'
import { closed, slow } from '../slow.mjs'

export const graphql = [
  mercurius,
  {
    schema: 'type Query { quick: String, slow: String }',
    resolvers: { Query: { quick: () => 'quick', slow } },
    path: '/',
  },
]
export const close = async () => closed()
