// Package solver fills open seats with eligible agents: a Problem goes in, a Plan comes out.
//
// It is pure. It reads no clock, no file, no network and no global random source, and logs nothing: the seed is part of
// the problem and a time limit is the caller's stop function. The same problem, seed and amount of work give the same plan.
//
//	rows or files -> Problem -> Prepare -> Index -> Daily -> Plan -> Offers
//	                                                          |
//	                                                          +-> Certify (independent check)
//
// The daily model gives an agent at most one shift a work day and a weekly cap of shifts. It is a minimum-cost flow
//
//	line --cost, 1--> (agent, day) --0, 1--> agent --0, cap--> sink
//	line --weight*big + 10000, seats--> sink            (the seat stays empty)
//
// and is solved exactly. The objective is lexicographic in integers: first W, the sum of the weights of filled seats, then
// Q, the sum of 10000 - cost over them.
//
// The roster model gives several, under rest and hours; PrepareRoster and Plan search it and prove a bound on W.
//
// The files, in reading order: problem.go (what is asked), plan.go (what is answered), index.go (who may work what, as bit
// sets), candidates.go (an agent list per line, cheapest first, listed no further than it is read), daily.go (the flow),
// session.go (a plan kept exact while the problem changes), index_change.go and repair.go (how), events.go (changes as a file),
// certify.go (the check that shares nothing with those three), offers.go (rest and hours), replan.go (beside live offers),
// parts.go (what may be solved apart), explain.go (why not), bottleneck.go (why a seat is empty, and what would fill it),
// read.go and write.go (the file format). The roster model: roster.go (who may work what), roster_draft.go (who holds what),
// roster_chain.go (filling a seat), roster_search.go (the plan), bound.go (how far from the best it can be),
// roster_check.go (the independent check), ptask.go (files of another kind).
package solver
