// Package auth says who asks: actors, the tokens that prove them, and the passwords and opaque secrets they are had for.
//
// It owns no tables. The account context stores what is hashed here and decides who may have a token; the edge turns a
// token into an Actor once per request; use cases read it by ActorFrom.
//
//   - Tokens signs and checks access tokens (EdDSA, 15 minutes by default) under Keys, which rotate.
//   - Revocations lets a token die before it expires.
//   - Passwords hashes with argon2id, at most one per core at once.
//   - Secret makes refresh tokens, API keys and invitation links, of which only the hash is stored.
//   - Throttle slows down those who guess.
package auth
