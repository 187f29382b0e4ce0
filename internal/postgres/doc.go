// Package postgres is the one way to the database.
//
// It opens one pool per database role, runs the migrations, checks at start that
// the server keeps what it promises, and holds InTx: the one place that begins,
// commits, sets the actor for row-level security, reads the rules' clock, and
// retries a serialization failure.
package postgres
