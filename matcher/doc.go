// Package matcher is the market: bookings, the people who may work them, and who holds which seat.
//
// It owns shops, campaigns, bookings, shifts, seats, availability, limits and needs,
// blocks, core teams, plans, offers, claims, assignments and attendance (schema matcher).
//
// Facts in: account.* (memberships, disablement), certification.tags.changed (its own copy of
// who holds which tags) and trials.changed (how far each is towards a trial). Facts out: internal/fact/matcher.go.
//
// What always holds, each by a constraint: an agent is never in two overlapping
// assignments, never without rest, never over the platform's hours; a seat has at most
// one live assignment and at most one live offer; a shift never has more than its seats; who tries out
// sits in a trial seat, with a mentor who is somebody else and has one trial in a shift.
// Everything that changes what a claim reads takes the locks of lock.go first.
package matcher
