// Package notice tells people what happened: offers, lost seats, missing agents, timesheets, money.
//
// It owns notices and who has read them (schema notice). A notice is for an account, or for those
// of an organisation who act in given roles; what is read is kept per person. It holds a kind, ids and
// figures, and no personal data; its sentence is made in the reader's language when it is read.
//
// Facts in: matcher.* and billing.* as facts.go lists them. Facts out: internal/fact/notice.go,
// which wakes the streams of every process.
//
//	fact -> consumer: row + fact notice.written -> relay -> NATS -> Watch in each API process
//	                   |                                            | wakes
//	                   +---------------- the table -----------> GET /notices/stream
//
// A stream sends only what it reads from the table, in the order of positions, from the notice that
// Last-Event-ID names. NATS only says when to look, so that nothing is lost between two streams or while
// NATS is away.
//
// What always holds: a fact tells each of its recipients once, however often it is delivered.
package notice
