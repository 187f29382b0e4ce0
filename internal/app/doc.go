// Package app puts the program together: wire.go is the one file that sees every context.
//
// New opens the stack (an embedded PostgreSQL and NATS, or the ones it is pointed at),
// migrates or checks the schema, and builds the contexts and the edge. Run serves until
// its context ends. Roles say what one process does: "api" serves requests and claim
// batches, "worker" relays facts, consumes them and sweeps deadlines, "matcher" takes
// planning runs; one process may do all three.
package app
