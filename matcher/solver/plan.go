package solver

// A Plan is what a solve found: the seats to fill besides the pinned ones, their value, and the prices that prove that no
// plan is better.
type Plan struct {
	Seats []Seat // by line, then agent

	Weight  int64 // W: sum of Line.Weight over Seats
	Quality int64 // Q: sum of 10000 - cost over Seats

	// UpperBoundWeight is a proven bound on W of any plan; it equals Weight when Complete.
	UpperBoundWeight int64
	// Complete is false when the stop function or the work limit ended the solve early: the seats are then the best for
	// the lines handled so far, and Prices prove nothing about the rest.
	Complete bool
	// Work is the number of steps taken: candidates looked at and queue entries handled.
	Work int64
	// Listed is the number of eligible pairs that had to be listed.
	Listed int64

	Prices Prices
}

// Prices certify a daily plan, in units of cost with a seat left empty at weight*Big + 10000. With c the cost of a pair,
//
//	c + price(agent, day) - price(line) >= 0 for every eligible pair that is not used, <= 0 for every pair used,
//
// price(agent, day) being Seat[i] where Seats[i] is what the agent works that day, else the agent's price; an agent's price
// is 0 while there is spare capacity, and never above the price of a day worked; a line's price is at least its empty price
// while a seat is empty, and at most that while a seat is filled.
type Prices struct {
	Big   int64
	Line  []int64      // by line
	Seat  []int64      // by place in Plan.Seats
	Agent []AgentPrice // other than 0, by agent
}

// AgentPrice is what one more shift of an agent at the weekly cap is worth.
type AgentPrice struct {
	Agent int32
	Price int64
}

// Options bound a solve. The zero value is one thread and no bound.
type Options struct {
	Threads int         // for building the index; at least 1
	Stop    func() bool // asked now and then; true ends the solve early
	Work    int64       // most steps; 0 is no bound
}
