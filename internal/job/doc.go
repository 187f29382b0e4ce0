// Package job runs long work: planning runs, payouts, exports, recomputation.
//
// A job is a row of platform.job, written in the transaction that wants the work. Its
// call travels like a fact, over the outbox, to a JetStream work queue, from which any
// program with a worker of its kind takes it. The row is the truth: a worker holds it by
// a lease that it renews, tells progress and checkpoints into it, and whoever takes over
// from a worker that died begins at the last checkpoint. A call that was lost with NATS
// is made again from the row.
//
// Leases and times here are the machine's (internal/clock), never the rules'.
package job
