/** What one probe came to. `answered` tells a bad answer from nobody listening. */
export interface ProbeResult {
  success: boolean
  answered: boolean
  /** For people: `200`, `NOT_SERVING`, `ECONNREFUSED`, `no answer within 1000 ms`. */
  detail: string
}
