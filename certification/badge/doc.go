// Package badge makes and checks Open Badges 3.0 credentials as signed JWTs: pure, without a
// clock, files or network.
//
// The payload is the credential itself (no vc member) with iss, jti, sub, nbf and exp, which
// must say the same as issuer.id, id, credentialSubject.id, validFrom and validUntil; RS256 only;
// the header's kid names a published key by its address. Status lives in two Bitstring Status
// Lists, revocation and suspension, each a signed credential of its own.
//
// Sources: 1EdTech Open Badges 3.0 (section 8.2, JSON Web Token proof format), W3C Verifiable
// Credentials Data Model 2.0, W3C Bitstring Status List 1.0, RFC 7515, 7517, 7638.
package badge
