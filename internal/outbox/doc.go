// Package outbox tells facts: from the transaction that made them true, over the
// queue in PostgreSQL and NATS JetStream, to the consumers that act on them once.
//
//   - Append writes a fact into the transaction: one row in platform.fact, which
//     keeps it for ever, and one in platform.outbox, the queue of what is not yet told.
//   - Relay takes the queue in order and publishes it; one in the whole house does.
//   - Consumers handle each fact once and in order, and park what they cannot handle.
//   - Replay tells facts again from PostgreSQL, which is the record; NATS never is.
//
// The order kept is that of one aggregate. It holds as long as a use case locks the
// aggregate's row before it appends: the position is then taken in the order of the
// commits. NATS messages do not leave this package and internal/job.
package outbox
