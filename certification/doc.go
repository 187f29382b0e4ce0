// Package certification says who can do what: the taxonomy of skill tags, who holds which, what they earned, and where they stand.
//
// It owns the schema certification. Where to look:
//
//   - taxonomy.go: the tags there are and what their levels mean, in versions.
//   - tag.go: what agents hold: tag by tag the best of operators' grants and of credentials in force. Every change is a fact with all
//     that the agent holds, so that others keep a copy and the newest version alone is the truth.
//   - template.go, achievement.go, progress.go: what a credential takes, what the academy and account told of an agent, and how far
//     that is. The last requirement issues in its own transaction, with what needs that credential; trial.go tells who may try out.
//   - credential.go, suspension.go, appeal.go, sweep.go: issuing, acts by one person and by two, appeals, and what time does.
//     credential_record.go is all of it about one credential. An agent's credentials of a template are a chain, which a constraint
//     keeps: two that issue at once issue one.
//   - tier.go, penalty.go: an agent's tier by the formula of package standing, recomputed from all that counts whenever a fact or a
//     moment changes it, and appeals against what counts. Gold and diamond add a level to the tags that credentials grant.
//   - issuer.go, public.go, log.go: keys, what verifiers read, and the transparency log; packages badge and translog are the pure half.
//
// Facts in and out: facts.go, and internal/fact/certification.go.
//
// What always holds: a grant names a tag of the taxonomy, a level of 1 to 5, evidence and
// an expiry; the history of grants is append-only, and so is everything about credentials but
// the count of a status list. One person suspends, for 72 hours and once; two different persons
// revoke; an appeal is decided by somebody else; nobody acts on a credential of their own. Each
// issue, suspension, reinstatement and revocation is a leaf of the log, written in its transaction.
package certification
