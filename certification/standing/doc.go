// Package standing computes an agent's tier from what happened, by a published formula with versions: pure, without a
// clock or storage, and in whole numbers, so that everybody who computes it gets the same.
//
// The score of 100 points has four parts: attendance, disputes, training, certification. Hours do not count, only
// shifts, and days without work cost nothing: who declares short shifts or long breaks stands no lower for it. A tier
// is left only some points below where it was reached. The tier follows from all events in the order of their time,
// however they arrived: Replay tells it for any date, and what never should have happened is left out.
package standing
