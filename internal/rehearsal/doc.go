// Package rehearsal runs the main job of a marketplace from the outside, as the people who use it would: over HTTP.
//
// The arrivals of one real week (internal/retail) become the contacts of several merchants. The seat planner turns them
// into windows, merchants book and pay for them, agents say what they can do and when, a plan sends offers, agents answer
// and claim, the day is worked with all that goes wrong on one, and everything is settled. What the rehearsal saw it
// compares with what the program says, and the money must add up to the fen.
//
//	contacts -> seat plans -> bookings, paid -> plan -> offers -> claims -> the day -> timesheets -> money -> audit
//
// Everybody's choices are drawn from the seed, each from a source of its own, so that they do not depend on the order in
// which requests are answered. The rehearsal writes no row itself. The day needs a server whose rules' clock can be moved
// (--dev); elsewhere it stops after the claims and says so. On the embedded stack that peakseat rehearse starts, the agents'
// accounts are made as peakseat seed makes them, since thousands of passwords would take an hour to hash; their tags, hours
// and limits, and all else, go over the API. On another server the agents are those of peakseat seed, with what it gave them.
package rehearsal
