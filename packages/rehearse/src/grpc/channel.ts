import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import type { Connection, ConnectionSettings } from '../connection.js'
import type { Outcome } from '../outcome.js'
import type { GrpcAsk } from '../traffic/ask.js'
import type { GrpcCall } from './call.js'
import { classifyMessages, classifyStatus } from './call-outcome.js'
import { openRelay, type Relay } from './relay.js'

// The user's proxy is for the world outside. Everything else is as grpc-js has it.
const channelOptions = { 'grpc.enable_http_proxy': 0 }

interface OpenChannel {
  relay: Relay
  client: Client
}

/**
 * A channel of grpc-js with its usual settings, as a Kubernetes Service sees it: the endpoint is chosen whenever the channel connects.
 * Streams that no server has processed are sent again by grpc-js itself; what it reports as failed in the end has failed.
 */
export function openChannel({ pick, timeout }: Omit<ConnectionSettings, 'wayOf'>): Connection<GrpcAsk> {
  let opened: Promise<OpenChannel> | undefined
  let giveUp = () => {}
  let closed = false

  async function open(): Promise<OpenChannel> {
    const relay = await openRelay(pick)
    return {
      relay,
      client: new Client(`127.0.0.1:${relay.port}`, credentials.createInsecure(), channelOptions),
    }
  }

  return {
    async ask({ path, call }) {
      opened ??= open()
      const { relay, client } = await opened
      const connectionsBefore = relay.connections()
      const outcome: Outcome = closed
        ? { kind: 'lost', cause: 'time-out', detail: 'never sent: the load was ended' }
        : await new Promise((resolve) => {
            giveUp = begin({ client, path, call, timeout }, resolve)
          })
      giveUp = () => {}
      return {
        outcome: withReason(outcome, relay.refusal()),
        replica: relay.peer(),
        reused: connectionsBefore > 0 && relay.connections() === connectionsBefore,
      }
    },
    async close() {
      closed = true
      giveUp()
      const channel = await opened
      channel?.client.close()
      channel?.relay.close()
    },
  }
}

/** The channel knows only of the relay, which resets what it cannot connect. */
function withReason(outcome: Outcome, refusal: string | undefined): Outcome {
  return outcome.kind === 'refused' && refusal !== undefined ? { ...outcome, detail: refusal } : outcome
}

interface Making {
  client: Client
  path: string
  call: GrpcCall
  /** Milliseconds without the next message. */
  timeout: number
}

/** @returns gives the call up */
function begin({ client, path, call, timeout }: Making, end: (outcome: Outcome) => void): () => void {
  const { serialize, deserialize, request, expect, responseStream } = call
  const messages: object[] = []
  let silent = false
  const cancel = () => {
    silent = true
    made.cancel()
  }
  const timer = setTimeout(cancel, timeout)

  function failed(error: ServiceError) {
    clearTimeout(timer)
    end(
      silent
        ? { kind: 'lost', cause: 'time-out', detail: `nothing for ${timeout} ms` }
        : classifyStatus(error),
    )
  }
  function answered() {
    clearTimeout(timer)
    end(classifyMessages(messages, expect))
  }

  const makeUnary = () =>
    client.makeUnaryRequest(path, serialize, deserialize, request, (error, message) => {
      if (error) return failed(error)
      if (message) messages.push(message)
      answered()
    })
  const makeStreaming = () =>
    client
      .makeServerStreamRequest(path, serialize, deserialize, request)
      .on('data', (message: object) => {
        timer.refresh()
        messages.push(message)
      })
      .on('error', failed)
      .on('end', answered)
  const made = responseStream ? makeStreaming() : makeUnary()
  return cancel
}
