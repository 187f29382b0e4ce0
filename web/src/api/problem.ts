import type { components } from './schema'

type Said = components['schemas']['Problem']

/** Problem is what the server refused, in the reader's language, or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string
  readonly fields: { pointer: string; message: string }[]
  /** After how many seconds the server wants to be asked again, where it says so. */
  readonly retryAfter?: number
  /** What else it says beside the standard members, such as retry_at or rules. */
  readonly more: Record<string, unknown>

  constructor(said: Partial<Said> & { status: number }, retryAfter?: number) {
    super(said.detail ?? said.title ?? '')
    this.status = said.status
    this.code = said.code ?? ''
    this.requestId = said.request_id ?? ''
    this.more = said
    this.retryAfter = retryAfter
    this.fields = (said.errors ?? []).map((e) => ({ pointer: e.pointer ?? '', message: e.detail ?? '' }))
  }

  /** at is what is said of one field: at('/windows/0/seats'). */
  at(pointer: string) {
    return this.fields.find((f) => f.pointer === pointer)?.message
  }

  /** passing tells what may go well by itself a little later: no network, a busy server, a token that has run out. */
  get passing() {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 502
  }

  static async from(response: Response) {
    const said = (await response.json().catch(() => ({}))) as Partial<Said>
    const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
    return new Problem(
      { ...said, status: response.status, request_id: said.request_id ?? response.headers.get('X-Request-Id') ?? '' },
      Number.isNaN(after) ? undefined : after,
    )
  }

  static network(cause: unknown) {
    return Object.assign(new Problem({ status: 0, code: 'network' }), { cause })
  }
}
