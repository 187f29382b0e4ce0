package billing

import (
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
)

// share is one shift's part of a booking's hold, counted in seat minutes.
type share struct {
	ShiftID         uuid.UUID
	BookingID       uuid.UUID
	MerchantID      uuid.UUID
	LineID          uuid.UUID // the quote's line of the seats
	HoldID          uuid.UUID // the transaction that held the money
	StartsAt        time.Time
	EndsAt          time.Time
	Seats           int
	Cancelled       int
	SeatMinutes     int64
	PayPerHour      int64
	ChargePerHour   int64
	PriorityPerHour int64
	Held            int64 // in escrow
	Settled         int64 // paid out of escrow
	Frozen          int64 // in the disputed account
	Ruled           int64 // paid out of the disputed account
	Returned        int64
	Claimed         int64 // of Held: minutes of timesheets that await approval
	EndedAt         *time.Time
	Expected        int // timesheets that an ended shift will have in all
}

// charge is F(n) of doc.go: what n minutes cost, each of the two lines rounded once.
func (s *share) charge(minutes int64) int64 {
	return money.ForMinutes(minutes, s.ChargePerHour) + money.ForMinutes(minutes, s.PriorityPerHour)
}

// settle takes minutes from the bottom of what is held and says what they cost.
func (s *share) settle(minutes int64) (charge int64) {
	charge = s.charge(s.Settled+minutes) - s.charge(s.Settled)
	s.Held, s.Settled, s.Claimed = s.Held-minutes, s.Settled+minutes, s.Claimed-minutes
	return charge
}

// lift takes minutes from the top of what is held, to freeze or return them, and says what they hold.
func (s *share) lift(minutes int64) (amount int64) {
	top := s.Settled + s.Held
	s.Held -= minutes
	return s.charge(top) - s.charge(top-minutes)
}

// Hold moves a quote's whole total from the merchant's wallet into the booking's escrow, in the transaction that confirms
// the booking. Call it with the booking locked and before changing it.
//
// It refuses with ErrQuoteExpired, ErrQuoteOutdated (the booking changed), ErrQuoteUsed, ErrInsufficientFunds (with
// available and needed), or fault.ErrNotFound.
func (s *Service) Hold(tx *postgres.Tx, bookingID, quoteID uuid.UUID) (payPerHour map[uuid.UUID]int64, priceBook int, err error) {
	quote, err := selectQuote(tx, quoteID)
	if err != nil {
		return nil, 0, err
	}
	if quote.BookingID != bookingID {
		return nil, 0, fault.ErrNotFound
	}
	used, err := selectHoldExists(tx, bookingID)
	if err != nil {
		return nil, 0, err
	}
	version, err := s.Bookings.BookingVersion(tx, bookingID)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case used:
		return nil, 0, ErrQuoteUsed
	case !tx.Now.Before(quote.ExpiresAt):
		return nil, 0, ErrQuoteExpired
	case version != quote.BookingVersion:
		return nil, 0, ErrQuoteOutdated
	}
	wallet := merchantAccount(kindWallet, quote.MerchantID)
	available, err := selectBalance(tx, wallet)
	if err != nil {
		return nil, 0, err
	}
	if available < quote.Total.Amount { // the balance's constraint decides where another takes the money meanwhile
		return nil, 0, ErrInsufficientFunds.With("available", money.CNY(available)).With("needed", quote.Total)
	}
	m := move(causeHold, quote.ID, wallet, bookingAccount(kindEscrow, bookingID, quote.MerchantID), quote.Total.Amount)
	m.merchant, m.booking = quote.MerchantID, bookingID
	if err = post(tx, m); err != nil {
		return nil, 0, err
	}
	payPerHour, err = insertHold(tx, quote, m.id)
	return payPerHour, quote.PriceBook, err
}

// Return gives the hold of cancelled seats of a shift back to the wallet, in the transaction that cancels them.
// ErrTooManySeats where fewer are left, or where their minutes were worked.
func (s *Service) Return(tx *postgres.Tx, bookingID, shiftID uuid.UUID, seats int) error {
	part, err := lockShare(tx, bookingID, shiftID)
	if err != nil {
		return err
	}
	minutes := int64(seats) * part.SeatMinutes
	if seats < 1 || seats > part.Seats-part.Cancelled || minutes > part.Held-part.Claimed {
		return ErrTooManySeats
	}
	part.Cancelled += seats
	return giveBack(tx, part, minutes, causeCancellation)
}

// giveBack returns minutes of a shift's escrow to the wallet, with a credit note that names the quote's line.
func giveBack(tx *postgres.Tx, part share, minutes int64, why causeKind) error {
	id := shiftCause(part.ShiftID, part.Held)
	amount := part.lift(minutes)
	part.Returned += minutes
	m := move(why, id, bookingAccount(kindEscrow, part.BookingID, part.MerchantID), merchantAccount(kindWallet, part.MerchantID), amount)
	m.merchant, m.booking, m.shift, m.corrects = part.MerchantID, part.BookingID, part.ShiftID, part.HoldID
	if err := post(tx, m); err != nil {
		return err
	}
	if err := updateShareReturned(tx, part); err != nil {
		return err
	}
	if amount == 0 {
		return nil
	}
	reason := "unfilled"
	if why == causeCancellation {
		reason = "cancelled"
	}
	return insertCredit(tx, credit{
		id: newID(), merchant: part.MerchantID, booking: part.BookingID, shift: part.ShiftID, line: part.LineID,
		transaction: m.id, reason: reason, minutes: minutes, amount: amount,
	})
}

// returnUnfilled gives back what no timesheet claims, once the shift is over and every assignment has told its minutes.
func returnUnfilled(tx *postgres.Tx, part share) error {
	unfilled := part.Held - part.Claimed
	if part.EndedAt == nil || unfilled == 0 {
		return nil
	}
	told, err := selectTimesheetCount(tx, part.ShiftID)
	if err != nil || told < part.Expected {
		return err
	}
	return giveBack(tx, part, unfilled, causeUnfilled)
}

// credit is a note that lessens a bill. It names the quote's line.
type credit struct {
	id, merchant, booking, shift, line uuid.UUID
	timesheet, dispute                 uuid.UUID // uuid.Nil where none
	transaction                        uuid.UUID
	reason                             string
	minutes, amount                    int64
}
