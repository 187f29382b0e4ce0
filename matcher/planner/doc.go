// Package planner turns contacts per interval into seats: how many people each
// interval needs, and which windows to book so that every interval has them.
//
// It is pure: the same Input gives the same Result, on any machine, with no
// clock, no files and no chance. The three queues it knows, each in steady
// state within one interval:
//
//   - Erlang B: contacts that find every seat busy are lost. Only a step on
//     the way to the other two.
//   - Erlang C (M/M/N): contacts that find every seat busy wait for ever.
//   - Erlang A (M/M/N+M): they wait with exponential patience and then give up.
//     (Palm 1957; Garnett, Mandelbaum and Reiman, "Designing a call center with
//     impatient customers", M&SOM 4(3), 2002.)
//
// Load is in erlangs: contacts in the interval x handling time / length of the
// interval. Where one person serves several chats at once the handling time is
// divided by that number. That is an approximation (no closed form is standard)
// and Result.Approximate says so.
//
// Sums and recursions only ever add positive terms and are scaled to their
// largest one, so nothing overflows or cancels: 800 erlangs occur, 100,000 are
// accepted.
package planner
