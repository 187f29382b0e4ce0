package rules

import "time"

// Book is one version of the rule book. All durations are of the rules' clock.
type Book struct {
	Version int

	Attendance Attendance
	Seats      Seats
	Hours      Hours
	Offers     Offers
	Plans      Plans
	Money      Money
	Chance     Chance
	Trials     Trials
	People     People
	Packs      Packs
}

// Attendance says when a shift is worked and what of it is paid.
type Attendance struct {
	CheckInOpens  time.Duration // check-in opens this long before the start
	NoShowAfter   time.Duration // without check-in this long after the start the assignment is a no-show
	BreakPaid     time.Duration // paid break time in every whole or begun BreakPer of the seat's time
	BreakPer      time.Duration
	CheckOutSwept time.Duration // a forgotten check-out is closed at the shift's end, by a sweep this long after it
	ConfirmOpens  time.Duration // an agent confirms an assignment between ConfirmOpens
	ConfirmCloses time.Duration // and ConfirmCloses before the start
}

// Seats says until when a seat may change hands.
type Seats struct {
	TakeUntil   time.Duration // a seat may be taken until this long before the shift's end
	FreeRelease time.Duration // release costs nothing until this long before the start
	SwapUntil   time.Duration // an agent may swap until this long before the start
	DrawWindow  time.Duration // claims in this long after a hot shift opens are pooled and drawn
	ClaimBudget int           // claims of one agent in one campaign
}

// Hours are the platform's caps and rests; an agent's own limits may only be tighter.
type Hours struct {
	RestBetween time.Duration // between two shifts of one work day
	RestOfNight time.Duration // between shifts of two work days
	DayCap      time.Duration // assigned time in a work day
	WeekCap     time.Duration // assigned time in an ISO week
	LongestOne  time.Duration // the longest single shift a booking may have
}

// Offers says how long an offer lives: a share of the time to the start, within limits.
type Offers struct {
	LifeShare int64 // the life is the time to the start divided by this
	LifeLeast time.Duration
	LifeMost  time.Duration
	CoreFirst time.Duration // the core team's head start
}

// Plans says when the scheduler plans by itself.
type Plans struct {
	Before []time.Duration // before a start, largest first
}

// Chance says what is expected of agents where too few were seen, for the fill chance of quotes.
type Chance struct {
	Accept float64       // share of offers that are accepted
	Claim  float64       // share of the agents who could take a seat of the hall and do, before it starts
	Show   float64       // share of seats held to which somebody comes before they count as missed
	Cases  int           // how many cases these shares count as, beside those seen
	Since  time.Duration // how far back is looked
}

// Trials says how people try out for a credential.
type Trials struct {
	SeatsPer     int           // a shift that allows them has a trial seat for so many regular seats, begun ones included
	SeatsMost    int           // and no more than these
	Chats        int           // conversations at once of whoever tries out
	AssessWithin time.Duration // the mentor fills in the card until this long after the check-out; then it is a trainer's
	CardPaid     time.Duration // what a mentor is paid for the card, at the shift's pay
}

// People says who may work here.
type People struct {
	LeastAge int // in years, on the day on which real-name data are given
}

// Packs says until when who holds a seat has to pass the quiz of a new version of its shop's brand pack.
type Packs struct {
	Notice   time.Duration // seats that start sooner after a version comes into force are worked as they are
	Deadline time.Duration // of the others, those without a pass are released this long before the start
}

// Money says by when money moves.
type Money struct {
	QuoteLife    time.Duration // a quote is frozen this long
	AutoApproval time.Duration // a timesheet approves itself this long after submission
	RulingDue    time.Duration // disputed minutes without a ruling go to the agent this long after the dispute
}

// V1 is the first rule book.
//
// Product numbers: check-in 15 min before, no-show at 10 min, breaks 15 min per 4 h, check-out sweep at 30 min,
// seats until 60 min before the end, release until 48 h, swap until 2 h, rest 15 min and 8 h, offers a quarter
// of the time within 5 min and 4 h, approval 48 h, ruling 7 days, quotes 30 min. Chosen here: a day of at most
// 12 h and a week of at most 60 h, which leaves an agent with 8 h rest a margin of 4 h a day; one shift of at most
// 12 h, as long as a day; a head start of 4 h for the core team, the longest life of an offer; of a hundred offers 75
// accepted, of a hundred agents who could claim a seat 20 who do, to a hundred seats held 95 who come; a trial seat for
// four seats, at most five, one conversation at once in it, 48 h for its card, as long as a timesheet waits, and 15 min paid; the quiz of a new
// brand pack passed 2 h before a start, as swaps are over by, for starts 4 h or more after the version came into force;
// agents of 18 or more, since the law bars people under 16 from work and those under 18 from nights, which the matcher does not tell apart.
func V1() Book {
	return Book{
		Version: 1,
		Attendance: Attendance{
			CheckInOpens:  15 * time.Minute,
			NoShowAfter:   10 * time.Minute,
			BreakPaid:     15 * time.Minute,
			BreakPer:      4 * time.Hour,
			CheckOutSwept: 30 * time.Minute,
			ConfirmOpens:  32 * time.Hour,
			ConfirmCloses: 16 * time.Hour,
		},
		Seats: Seats{
			TakeUntil:   60 * time.Minute,
			FreeRelease: 48 * time.Hour,
			SwapUntil:   2 * time.Hour,
			DrawWindow:  60 * time.Second,
			ClaimBudget: 60,
		},
		Hours: Hours{
			RestBetween: 15 * time.Minute,
			RestOfNight: 8 * time.Hour,
			DayCap:      12 * time.Hour,
			WeekCap:     60 * time.Hour,
			LongestOne:  12 * time.Hour,
		},
		Offers: Offers{
			LifeShare: 4,
			LifeLeast: 5 * time.Minute,
			LifeMost:  4 * time.Hour,
			CoreFirst: 4 * time.Hour,
		},
		Plans: Plans{Before: []time.Duration{72 * time.Hour, 24 * time.Hour}},
		Money: Money{
			QuoteLife:    30 * time.Minute,
			AutoApproval: 48 * time.Hour,
			RulingDue:    7 * 24 * time.Hour,
		},
		Chance: Chance{Accept: 0.75, Claim: 0.2, Show: 0.95, Cases: 200, Since: 90 * 24 * time.Hour},
		Trials: Trials{SeatsPer: 4, SeatsMost: 5, Chats: 1, AssessWithin: 48 * time.Hour, CardPaid: 15 * time.Minute},
		People: People{LeastAge: 18},
		Packs:  Packs{Notice: 4 * time.Hour, Deadline: 2 * time.Hour},
	}
}

// Current is the version that new bookings get.
func Current() Book { return V1() }

// Of returns a version of the book; false where there is none.
func Of(version int) (Book, bool) {
	if version == 1 {
		return V1(), true
	}
	return Book{}, false
}

// OfferLife is how long an offer made now for a seat that starts at start lives.
func (o Offers) OfferLife(toStart time.Duration) time.Duration {
	return min(max(toStart/time.Duration(o.LifeShare), o.LifeLeast), o.LifeMost)
}

// Due is when the quiz must have been passed for a seat that is held; false where the seat starts too soon after the version
// came into force, and is worked as it is.
func (p Packs) Due(start, since time.Time) (time.Time, bool) {
	return start.Add(-p.Deadline), !start.Before(since.Add(p.Notice))
}

// Turns is how many offers of a seat, one after the other and none of them answered, fit into the time to its start.
func (o Offers) Turns(toStart time.Duration) (n int) {
	for ; toStart > 0; n++ {
		toStart -= o.OfferLife(toStart)
	}
	return n
}

// Seats is how many trial seats a shift has that allows them.
func (t Trials) Seats(regular int) int {
	return min((regular+t.SeatsPer-1)/t.SeatsPer, t.SeatsMost)
}

// PaidBreak is how much of the breaks within a seat's time of that length is paid: BreakPaid for every
// begun BreakPer.
func (a Attendance) PaidBreak(seat time.Duration) time.Duration {
	if seat <= 0 {
		return 0
	}
	begun := int64((seat + a.BreakPer - 1) / a.BreakPer)
	return time.Duration(begun) * a.BreakPaid
}
