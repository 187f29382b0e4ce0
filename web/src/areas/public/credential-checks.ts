/**
 * The checks of a credential that anyone can repeat, made in the reader's own browser from what the issuer publishes: nothing of the
 * server's verdict is believed. A credential is a JWT of Open Badges 3.0, its states are Bitstring Status Lists, and its issue is a leaf of a
 * Merkle tree (RFC 6962).
 */
export const checks = ['signature', 'issuer', 'status', 'log'] as const
export type Check = (typeof checks)[number]

/** Outcome is how a check went: what is said of it, a key of the page's words, and what stands in that sentence. */
export interface Outcome {
  check: Check
  passed: boolean
  said: string
  values?: Record<string, string | number>
}

/** Failed says by which word a check failed. */
class Failed extends Error {
  constructor(
    readonly said: string,
    readonly values?: Outcome['values'],
  ) {
    super(said)
  }
}

interface Status {
  statusPurpose: string
  statusListIndex: string
  statusListCredential: string
}
interface Claims {
  iss: string
  id?: string
  validFrom?: string
  validUntil?: string
  credentialStatus?: Status | Status[]
}

const bytes = (base64url: string) => Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const json = <T>(part: string) => JSON.parse(new TextDecoder().decode(bytes(part))) as T
const here = (address: string) => new URL(address).pathname // lists lie with the issuer, which is this server

async function read(path: string) {
  const answer = await fetch(path).catch(() => null)
  if (!answer?.ok) throw new Failed('unread', { path })
  return answer
}

/** verified is a JWT's payload if a published key of the issuer signed it. */
async function verified<T>(jwt: string): Promise<{ claims: T; kid: string }> {
  const [head, payload, signature] = jwt.split('.')
  if (!head || !payload || !signature) throw new Failed('shapeless')
  const { kid, alg } = json<{ kid: string; alg: string }>(head)
  const { keys } = (await (await read('/.well-known/credential-keys.json')).json()) as { keys: (JsonWebKey & { kid: string })[] }
  const jwk = keys.find((k) => k.kid === kid)
  if (!jwk || alg !== 'RS256') throw new Failed('unknownKey')
  const rs256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', { kty: jwk.kty, n: jwk.n, e: jwk.e }, rs256, false, ['verify'])
  if (!(await crypto.subtle.verify(rs256, key, bytes(signature), new TextEncoder().encode(`${head}.${payload}`))))
    throw new Failed('forged')
  return { claims: json<T>(payload), kid }
}

const sha256 = async (...parts: Uint8Array[]) => {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  parts.reduce((at, p) => (all.set(p, at), at + p.length), 0)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all))
}
const leafMark = Uint8Array.of(0),
  nodeMark = Uint8Array.of(1)

/** rootOf climbs from a leaf to the root of a tree of that size by an inclusion proof (RFC 9162, 2.1.3.2). */
export async function rootOf(leaf: Uint8Array, index: number, size: number, proof: Uint8Array[]) {
  let hash = await sha256(leafMark, leaf)
  let at = index,
    last = size - 1
  for (const sibling of proof) {
    if (last === 0) throw new Failed('unproven')
    if (at % 2 === 1 || at === last) {
      hash = await sha256(nodeMark, sibling, hash)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else hash = await sha256(nodeMark, hash, sibling)
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new Failed('unproven')
  return hash
}

const base64 = (b: Uint8Array) => btoa(String.fromCharCode(...b))

/** bitOf reads one bit of a published list: base64url, gzip, the first bit leftmost. */
export async function bitOf(encoded: string, index: number) {
  const raw = bytes(encoded.replace(/^u/, ''))
  const list = new Uint8Array(await new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  return ((list[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
}

/** checkCredential makes the four checks, one after the other, and tells after each how they went so far. */
export async function checkCredential(jwt: string, logIndex: number | undefined, tell: (so: Outcome[]) => void) {
  const outcomes: Outcome[] = []
  const run = async (check: Check, work: () => Promise<Omit<Outcome, 'check' | 'passed'>>) => {
    try {
      outcomes.push({ check, passed: true, ...(await work()) })
    } catch (cause) {
      const { said, values } = cause instanceof Failed ? cause : new Failed('shapeless')
      outcomes.push({ check, passed: false, said, values })
    }
    tell([...outcomes])
  }
  let claims: Claims | undefined
  await run('signature', async () => {
    const signed = await verified<Claims>(jwt)
    claims = signed.claims
    return { said: 'signed', values: { key: signed.kid.split('/').pop() ?? '' } }
  })
  await run('issuer', async () => {
    if (!claims) throw new Failed('unsigned')
    const profile = (await (await read('/.well-known/issuer.json')).json()) as { id: string; name: string }
    if (claims.iss !== profile.id) throw new Failed('otherIssuer', { issuer: claims.iss })
    return { said: 'issued', values: { name: profile.name, host: new URL(profile.id).host } }
  })
  await run('status', async () => {
    if (!claims) throw new Failed('unsigned')
    const entries = [claims.credentialStatus ?? []].flat()
    if (entries.length === 0) throw new Failed('unlisted')
    for (const entry of entries) {
      const list = await verified<{ credentialSubject: { encodedList: string } }>(
        await (await read(here(entry.statusListCredential))).text(),
      )
      if (await bitOf(list.claims.credentialSubject.encodedList, Number(entry.statusListIndex)))
        throw new Failed(entry.statusPurpose === 'suspension' ? 'suspended' : 'revoked')
    }
    if (claims.validFrom && Date.parse(claims.validFrom) > Date.now()) throw new Failed('notYet')
    if (claims.validUntil && Date.parse(claims.validUntil) <= Date.now()) throw new Failed('expired')
    return { said: 'inForce' }
  })
  await run('log', async () => {
    if (logIndex === undefined) throw new Failed('unlogged')
    const [, size, root] = (await (await read('/.well-known/credential-log/checkpoint')).text()).split('\n')
    const proof = (await (await read(`/.well-known/credential-log/inclusion?index=${logIndex}&size=${size ?? ''}`)).json()) as {
      raw: string
      hashes: string[]
    }
    const leaf = bytes(proof.raw)
    const named = (JSON.parse(new TextDecoder().decode(leaf)) as { credential: string }).credential
    const own = base64(await sha256(new TextEncoder().encode(jwt)))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=+$/, '')
    if (named !== own) throw new Failed('otherLeaf')
    if (base64(await rootOf(leaf, logIndex, Number(size), proof.hashes.map(bytes))) !== root) throw new Failed('unproven')
    return { said: 'logged', values: { leaf: logIndex, steps: proof.hashes.length } }
  })
}

/** claimedId is the public id that a credential says it has, read without believing it. */
export function claimedId(jwt: string) {
  try {
    return json<Claims>(jwt.split('.')[1] ?? '')
      .id?.split('/')
      .pop()
  } catch {
    return undefined
  }
}

/** offlineFile is the credential with all that is needed to check it without a server: the keys, and its status lists as they are now. It names nobody. */
export async function offlineFile(jwt: string) {
  const { claims } = await verified<Claims>(jwt)
  const status = await Promise.all(
    [claims.credentialStatus ?? []].flat().map(async (entry) => (await read(here(entry.statusListCredential))).text()),
  )
  return {
    credential: jwt,
    keys: (await (await read('/.well-known/credential-keys.json')).json()) as unknown,
    keys_at: location.origin + '/.well-known/credential-keys.json',
    status,
  }
}
