// Package clock is the machine's time, and the only place that reads it.
//
// Token expiry, timeouts and metrics are told by this clock. Everything that a rule of the marketplace decides (offers,
// deadlines, shifts) is told by the rules' clock, which lives in PostgreSQL and comes down from the transaction as now.
package clock
