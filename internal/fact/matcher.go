package fact

import "time"

// BookingConfirmed: the money is held and the shifts are open.
type BookingConfirmed struct {
	BookingID  string   `json:"booking_id"`
	MerchantID string   `json:"merchant_id"`
	ShopID     string   `json:"shop_id"`
	QuoteID    string   `json:"quote_id"`
	ShiftIDs   []string `json:"shift_ids"`
	CoreTeam   []string `json:"core_team,omitempty"`
}

// SeatsCancelled: the merchant gave up seats of a shift that had not started. Withdrawn are
// the assignments that held some of them.
type SeatsCancelled struct {
	BookingID  string   `json:"booking_id"`
	ShiftID    string   `json:"shift_id"`
	MerchantID string   `json:"merchant_id"`
	Seats      int      `json:"seats"`
	Withdrawn  []string `json:"withdrawn,omitempty"`
}

// ShiftEnded: nobody can work it any more.
type ShiftEnded struct {
	ShiftID    string    `json:"shift_id"`
	BookingID  string    `json:"booking_id"`
	MerchantID string    `json:"merchant_id"`
	EndsAt     time.Time `json:"ends_at"`
	// Assignments is how many send their minutes by assignment.finished, in all: before this fact or after it. Trials are not
	// among them.
	Assignments int `json:"assignments"`
}

// OfferMade: an agent is invited to a seat until the offer expires.
type OfferMade struct {
	OfferID   string    `json:"offer_id"`
	ShiftID   string    `json:"shift_id"`
	AgentID   string    `json:"agent_id"`
	PlanID    string    `json:"plan_id,omitempty"`
	ExpiresAt time.Time `json:"expires_at"`
}

// OfferEnded: an offer was accepted, refused, expired or withdrawn.
type OfferEnded struct {
	OfferID string `json:"offer_id"`
	ShiftID string `json:"shift_id"`
	AgentID string `json:"agent_id"`
	State   string `json:"state"`
}

// SeatTaken: an agent holds a seat. By is "claim", "offer" or "replacement".
type SeatTaken struct {
	AssignmentID string    `json:"assignment_id"`
	ShiftID      string    `json:"shift_id"`
	BookingID    string    `json:"booking_id"`
	MerchantID   string    `json:"merchant_id"`
	AgentID      string    `json:"agent_id"`
	Seat         int       `json:"seat"`
	StartsAt     time.Time `json:"starts_at"`
	EndsAt       time.Time `json:"ends_at"`
	By           string    `json:"by"`
	Trial        bool      `json:"trial,omitempty"` // a trial seat
}

// SeatReleased: the agent, the merchant or the program gave the seat back. By is "agent", "merchant", "eligibility" (a
// right was lost), "disablement", "mentor" (a trial lost its mentor) or "pack" (the quiz of a new brand pack was not passed in time).
type SeatReleased struct {
	AssignmentID string `json:"assignment_id"`
	ShiftID      string `json:"shift_id"`
	BookingID    string `json:"booking_id"`
	MerchantID   string `json:"merchant_id"`
	AgentID      string `json:"agent_id"`
	Seat         int    `json:"seat"`
	By           string `json:"by"`
}

// AgentChanged: what the agent may take is something else: limits, needs, availability, tags, or whether the account is open.
type AgentChanged struct {
	AgentID string `json:"agent_id"`
}

// AgentCheckedIn: the agent is at the seat.
type AgentCheckedIn struct {
	AssignmentID string    `json:"assignment_id"`
	ShiftID      string    `json:"shift_id"`
	BookingID    string    `json:"booking_id"`
	MerchantID   string    `json:"merchant_id"`
	AgentID      string    `json:"agent_id"`
	At           time.Time `json:"at"`
	Late         bool      `json:"late"`
}

// AgentMissing: no check-in by the deadline; the seat is open for the rest of the shift.
type AgentMissing struct {
	AssignmentID string `json:"assignment_id"`
	ShiftID      string `json:"shift_id"`
	BookingID    string `json:"booking_id"`
	MerchantID   string `json:"merchant_id"`
	AgentID      string `json:"agent_id"`
	Seat         int    `json:"seat"`
}

// AssignmentFinished: the shift is over for this agent; Minutes are to be paid at PayPerHour.
type AssignmentFinished struct {
	AssignmentID string    `json:"assignment_id"`
	ShiftID      string    `json:"shift_id"`
	BookingID    string    `json:"booking_id"`
	MerchantID   string    `json:"merchant_id"`
	AgentID      string    `json:"agent_id"`
	StartsAt     time.Time `json:"starts_at"`
	EndsAt       time.Time `json:"ends_at"`
	Minutes      int64     `json:"minutes"`
	PayPerHour   int64     `json:"pay_per_hour"`
	Currency     string    `json:"currency"`
	// Swept tells that the check-out was forgotten and made by the sweep at the shift's end.
	Swept  bool              `json:"swept"`
	Events []AttendanceEvent `json:"events"`
	// RulesVersion is the booking's.
	RulesVersion int `json:"rules_version"`
	// Trial tells that the platform pays, and not the merchant.
	Trial bool `json:"trial,omitempty"`
}

// TrialWorked: a trial shift is over and its card can be filled in. MentorID is empty where its mentor left. Card names the
// card, Code the credential's template.
type TrialWorked struct {
	TrialID      string    `json:"trial_id"` // its assignment
	ShiftID      string    `json:"shift_id"`
	BookingID    string    `json:"booking_id"`
	MerchantID   string    `json:"merchant_id"`
	AgentID      string    `json:"agent_id"`
	MentorID     string    `json:"mentor_id,omitempty"`
	Code         string    `json:"code"`
	Card         string    `json:"card"`
	StartsAt     time.Time `json:"starts_at"`
	EndsAt       time.Time `json:"ends_at"`
	WorkedAt     time.Time `json:"worked_at"`
	RulesVersion int       `json:"rules_version"`
}

// AttendanceEvent is one step of attendance: "check_in", "break_start", "break_end", "check_out".
type AttendanceEvent struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// PlanFinished: a planning run is done and its offers are out.
type PlanFinished struct {
	PlanID string `json:"plan_id"`
	Seats  int    `json:"seats"`
	Filled int    `json:"filled"`
	Offers int    `json:"offers"`
}

// PackQuizDue: an agent who holds seats of a shop must pass the quiz of a new version of its pack, for the first of them by Until.
type PackQuizDue struct {
	AgentID    string    `json:"agent_id"`
	ShopID     string    `json:"shop_id"`
	MerchantID string    `json:"merchant_id"`
	Version    int       `json:"version"`
	Seats      int       `json:"seats"`
	Until      time.Time `json:"until"`
}

// PackHoldersAsked: so many agents who hold seats of the shop must pass the quiz of the version.
type PackHoldersAsked struct {
	ShopID     string    `json:"shop_id"`
	MerchantID string    `json:"merchant_id"`
	Version    int       `json:"version"`
	Agents     int       `json:"agents"`
	InForceAt  time.Time `json:"in_force_at"`
}

// Type names the fact.
func (BookingConfirmed) Type() string { return "peakseat.matcher.booking.confirmed.v1" }

// Type names the fact.
func (SeatsCancelled) Type() string { return "peakseat.matcher.seats.cancelled.v1" }

// Type names the fact.
func (ShiftEnded) Type() string { return "peakseat.matcher.shift.ended.v1" }

// Type names the fact.
func (OfferMade) Type() string { return "peakseat.matcher.offer.made.v1" }

// Type names the fact.
func (OfferEnded) Type() string { return "peakseat.matcher.offer.ended.v1" }

// Type names the fact.
func (SeatTaken) Type() string { return "peakseat.matcher.seat.taken.v1" }

// Type names the fact.
func (SeatReleased) Type() string { return "peakseat.matcher.seat.released.v1" }

// Type names the fact.
func (AgentChanged) Type() string { return "peakseat.matcher.agent.changed.v1" }

// Type names the fact.
func (AgentCheckedIn) Type() string { return "peakseat.matcher.agent.checked_in.v1" }

// Type names the fact.
func (AgentMissing) Type() string { return "peakseat.matcher.agent.missing.v1" }

// Type names the fact.
func (AssignmentFinished) Type() string { return "peakseat.matcher.assignment.finished.v1" }

// Type names the fact.
func (TrialWorked) Type() string { return "peakseat.matcher.trial.worked.v1" }

// Type names the fact.
func (PlanFinished) Type() string { return "peakseat.matcher.plan.finished.v1" }

// Type names the fact.
func (PackQuizDue) Type() string { return "peakseat.matcher.pack_quiz.due.v1" }

// Type names the fact.
func (PackHoldersAsked) Type() string { return "peakseat.matcher.pack_holders.asked.v1" }

// Aggregate is the booking.
func (f BookingConfirmed) Aggregate() string { return f.BookingID }

// Aggregate is the shift.
func (f SeatsCancelled) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f ShiftEnded) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f OfferMade) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f OfferEnded) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f SeatTaken) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f SeatReleased) Aggregate() string { return f.ShiftID }

// Aggregate is the agent.
func (f AgentChanged) Aggregate() string { return f.AgentID }

// Aggregate is the shift.
func (f AgentCheckedIn) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f AgentMissing) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f AssignmentFinished) Aggregate() string { return f.ShiftID }

// Aggregate is the shift.
func (f TrialWorked) Aggregate() string { return f.ShiftID }

// Aggregate is the plan.
func (f PlanFinished) Aggregate() string { return f.PlanID }

// Aggregate is the agent.
func (f PackQuizDue) Aggregate() string { return f.AgentID }

// Aggregate is the shop.
func (f PackHoldersAsked) Aggregate() string { return f.ShopID }
