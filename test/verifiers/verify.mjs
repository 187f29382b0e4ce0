// Asks two verifiers that know nothing of this project about credentials, from standard input:
//   {issuer, jwks, cases: [{name, credential, status: [JWT, JWT]}]}
// and prints {NAME: {signature, credential}}, each "verified" or why not.
//
// signature:  npm jose, with the published key set, RS256 only.
// credential: @transmute/verifiable-credentials (VC 2.0 secured with JOSE), then @digitalbazaar/vc for the data model and
//             @digitalbazaar/vc-bitstring-status-list for both status lists, which are verified like credentials.
import { text } from 'node:stream/consumers';
import * as jose from 'jose';
import * as transmute from '@transmute/verifiable-credentials';
import { _checkCredential as checkDataModel } from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';

const { issuer, jwks, cases } = JSON.parse(await text(process.stdin));
const published = jose.createLocalJWKSet(jwks);

async function signature({ credential }) {
  await jose.jwtVerify(credential, published, { issuer, algorithms: ['RS256'], requiredClaims: ['iss', 'jti', 'sub', 'nbf', 'exp'] });
}

const verifier = transmute.verifier({
  resolver: {
    resolve: async ({ content }) => {
      const { kid } = jose.decodeProtectedHeader(transmute.text.decoder.decode(content));
      const key = jwks.keys.find((k) => k.kid === kid);
      if (!key) throw new Error(`no published key is ${kid}`);
      return { type: 'application/jwk+json', content: transmute.text.encoder.encode(JSON.stringify(key)) };
    },
  },
});

async function opened(token) {
  return verifier.verify({ type: 'application/vc-ld+jwt', content: transmute.text.encoder.encode(token) });
}

async function credential({ credential: token, status }) {
  const claims = await opened(token);
  checkDataModel({ credential: claims, mode: 'verify', now: new Date() });
  if (claims.issuer.id !== issuer || claims.iss !== issuer) throw new Error('of another issuer');
  if (claims.jti !== claims.id || claims.sub !== claims.credentialSubject.id) throw new Error('the claims contradict the credential');
  const lists = Object.fromEntries(await Promise.all(status.map(async (l) => {
    const list = await opened(l);
    checkDataModel({ credential: list, mode: 'verify', now: new Date() });
    return [list.id, list];
  })));
  const checked = await checkStatus({
    credential: claims,
    documentLoader: async (url) => {
      if (!lists[url]) throw new Error(`no list ${url}`);
      return { document: lists[url] };
    },
    verifyBitstringStatusListCredential: false, // opened did; this is for lists with embedded proofs
  });
  if (checked.error) throw checked.error;
  const purposes = checked.results.map((r) => r.credentialStatus.statusPurpose).sort().join();
  if (purposes !== 'revocation,suspension') throw new Error(`statuses of ${purposes}`);
  const set = checked.results.filter((r) => r.status).map((r) => r.credentialStatus.statusPurpose);
  if (set.length > 0) throw new Error(`status: ${set.join()}`);
}

const answers = {};
for (const one of cases) {
  answers[one.name] = {};
  for (const check of [signature, credential]) {
    answers[one.name][check.name] = await check(one).then(() => 'verified', (err) => `refused: ${err.message ?? err}`);
  }
}
console.log(JSON.stringify(answers));
