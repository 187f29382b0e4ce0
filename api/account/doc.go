// Package account is the identity context: who people are, whom they act for, and what proves it.
//
// It owns accounts, organisations, memberships, invitations and resets, sessions, API keys,
// revocations and agents' real-name data (schema account). An agent's id is the account's id; a merchant is an
// organisation of kind merchant. Trainers and operators are members of the platform's own
// organisation, PlatformID, which the migration makes.
//
// Facts in: none. Facts out: internal/fact/account.go.
//
// What always holds:
//   - E-mail addresses and names are sealed under a key of the person's own, and an address
//     is found by a keyed hash. Erasing a person destroys the key.
//   - So are real-name data; an identity number is one agent's. Every answer masks them but an
//     operator's reveal, which names a reason. Whether they are true is an operator's decision.
//   - Passwords, refresh tokens, API keys and links are kept as hashes only.
//   - A session is a family of refresh tokens of which one is fresh. Each works once: whoever
//     presents one again, be it a thief or the victim, ends the whole family at once. There is no grace
//     for two requests that race with one token: one wins, and the family is gone. A
//     client with several windows must therefore take turns.
//   - A disabled account has no session, starts none, and its access tokens and API keys are
//     refused by every process within seconds (auth.Revocations, fed by Revoked).
//
// The system role serves whoever has no actor yet: registration, sign-in, refresh, links, API
// keys. It also reads names on behalf of others (Names), which says itself what is masked.
// Everything else runs under row-level security.
package account
