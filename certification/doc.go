// Package certification says who can do what: the taxonomy of skill tags, and who holds which.
//
// It owns the taxonomy and tag grants (schema certification). Operators grant tags with
// evidence and an expiry; every change of an agent's tags is the fact
// certification.tags.changed with all that the agent holds, so that others keep a copy
// and the newest version alone is the truth. Credentials, tiers and the transparency log
// will live here too.
//
// What always holds: a grant names a tag of the taxonomy, a level of 1 to 5, evidence and
// an expiry; the history of grants is append-only.
package certification
