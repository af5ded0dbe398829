import { initTRPC } from '@trpc/server'
import { slow } from '../slow.mjs'

const { procedure, router } = initTRPC.create()

export const appRouter = router({ quick: procedure.query(() => 'quick'), slow: procedure.query(slow) })
