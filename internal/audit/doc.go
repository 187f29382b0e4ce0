// Package audit is the trail of privileged acts and reveals, in a hash chain.
//
// Record writes a row in the transaction of the act, so that the act and its trace
// stand or fall together; the application's roles can add rows and nothing else. The
// chain is made off the request's path: once a second the Sealer takes the rows that
// wait, in the order of their ids, and appends a seal for each, whose hash covers the
// row's bytes and the seal before it. Verify recomputes all of it and names the first
// row that was changed, removed or put in by hand.
//
// Whoever can rewrite both tables as the database's superuser can also make a new
// chain. Against that one keeps a Checkpoint elsewhere: Verify demands that the chain
// still goes through it.
package audit
