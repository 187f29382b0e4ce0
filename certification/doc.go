// Package certification says who can do what: the taxonomy of skill tags, and who holds which.
//
// It owns the taxonomy and tag grants (schema certification). Operators grant tags with
// evidence and an expiry; every change of an agent's tags is the fact
// certification.tags.changed with all that the agent holds, so that others keep a copy
// and the newest version alone is the truth.
//
// It owns credential templates, credentials, what became of them, and the transparency log
// (packages badge and translog are the pure half). A credential in force grants its template's
// tags; what an agent holds is, tag by tag, the best of operators' grants and credentials. Facts
// out: certification.template.versioned; certification.credential.issued, expiring, suspended,
// reinstated, revoked and certification.appeal.decided, all of the agent.
//
// It owns tiers: package standing is the published formula, which recomputes an agent's tier from
// all that counts (shifts finished, late and missed, minutes ruled away, scores, credentials in
// force) whenever a fact or a moment changes it; gold and diamond add a level to the tags that
// credentials grant. Facts in: the matcher's of attendance, billing's rulings. Facts out:
// certification.tier.changed and certification.penalty_appeal.decided.
//
// certification.trials.changed tells how far an agent is towards the trial of each credential.
//
// Facts in: the academy's courses completed, attempts graded, simulations scored and trials
// assessed, and account's of identities. They are kept as achievements, and the credential whose last requirement one of them
// meets is issued in the same transaction, with those that need that credential. An agent's
// credentials of one template are a chain, which a constraint keeps: two that issue at once
// issue one.
//
// What always holds: a grant names a tag of the taxonomy, a level of 1 to 5, evidence and
// an expiry; the history of grants is append-only, and so is everything about credentials but
// the count of a status list. One person suspends, for 72 hours and once; two different persons
// revoke; an appeal is decided by somebody else; nobody acts on a credential of their own. Each
// issue, suspension, reinstatement and revocation is a leaf of the log, written in its transaction.
package certification
