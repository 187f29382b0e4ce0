/**
 * The checks of a credential that anyone can repeat, made in the reader's own browser from what the issuer publishes: nothing of the
 * server's verdict is believed. A credential is a JWT of Open Badges 3.0, its states are Bitstring Status Lists, and its issue is a leaf of a
 * Merkle tree (RFC 6962).
 */
export type Check = 'signature' | 'issuer' | 'status' | 'log'
export interface Outcome {
  check: Check
  passed: boolean
  note: string
}

interface Status {
  statusPurpose: string
  statusListIndex: string
  statusListCredential: string
}
interface Claims {
  iss: string
  credentialStatus?: Status | Status[]
}

const bytes = (base64url: string) => Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const json = <T>(part: string) => JSON.parse(new TextDecoder().decode(bytes(part))) as T
const here = (address: string) => new URL(address).pathname // lists lie with the issuer, which is this server

async function read(path: string) {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer
}

/** verified is a JWT's payload if a published key of the issuer signed it. */
async function verified<T>(jwt: string): Promise<{ claims: T; kid: string }> {
  const [head, payload, signature] = jwt.split('.')
  if (!head || !payload || !signature) throw new Error('not a JWT')
  const { kid, alg } = json<{ kid: string; alg: string }>(head)
  const { keys } = (await (await read('/.well-known/credential-keys.json')).json()) as { keys: (JsonWebKey & { kid: string })[] }
  const jwk = keys.find((k) => k.kid === kid)
  if (!jwk || alg !== 'RS256') throw new Error('unknown key')
  const rs256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', { kty: jwk.kty, n: jwk.n, e: jwk.e }, rs256, false, ['verify'])
  if (!(await crypto.subtle.verify(rs256, key, bytes(signature), new TextEncoder().encode(`${head}.${payload}`))))
    throw new Error('the signature does not fit')
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
    if (last === 0) throw new Error('the proof is too long')
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
  if (last !== 0) throw new Error('the proof is too short')
  return hash
}

const base64 = (b: Uint8Array) => btoa(String.fromCharCode(...b))

/** bitOf reads one bit of a published list: base64url, gzip, the first bit leftmost. */
export async function bitOf(encoded: string, index: number) {
  const raw = bytes(encoded.replace(/^u/, ''))
  const list = new Uint8Array(await new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  return ((list[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
}

/** checkCredential makes the four checks, one after the other; one that fails says why. */
export async function checkCredential(jwt: string, logIndex: number | undefined): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const run = async (check: Check, work: () => Promise<string>) => {
    try {
      outcomes.push({ check, passed: true, note: await work() })
    } catch (cause) {
      outcomes.push({ check, passed: false, note: cause instanceof Error ? cause.message : String(cause) })
    }
  }
  let claims: Claims | undefined
  await run('signature', async () => {
    const signed = await verified<Claims>(jwt)
    claims = signed.claims
    return `RS256, ${signed.kid.split('/').pop() ?? ''}`
  })
  await run('issuer', async () => {
    const profile = (await (await read('/.well-known/issuer.json')).json()) as { id: string; name: string }
    if (claims?.iss !== profile.id) throw new Error(`${claims?.iss ?? '?'} is not ${profile.id}`)
    return `${profile.name}, ${new URL(profile.id).host}`
  })
  await run('status', async () => {
    const entries = [claims?.credentialStatus ?? []].flat()
    if (entries.length === 0) throw new Error('the credential names no status list')
    for (const entry of entries) {
      const list = await verified<{ credentialSubject: { encodedList: string } }>(
        await (await read(here(entry.statusListCredential))).text(),
      )
      if (await bitOf(list.claims.credentialSubject.encodedList, Number(entry.statusListIndex))) throw new Error(entry.statusPurpose)
    }
    return entries.map((e) => e.statusPurpose).join(', ')
  })
  await run('log', async () => {
    if (logIndex === undefined) throw new Error('no leaf')
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
    if (named !== own) throw new Error('the leaf is of another credential')
    if (base64(await rootOf(leaf, logIndex, Number(size), proof.hashes.map(bytes))) !== root)
      throw new Error('the proof leads to another root')
    return `${logIndex} / ${size ?? ''}, ${proof.hashes.length}`
  })
  return outcomes
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
