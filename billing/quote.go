package billing

import (
	"context"
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"

	"github.com/google/uuid"
)

// Quote is the price of a booking as it stood, frozen until it expires.
type Quote struct {
	ID             uuid.UUID   `json:"id"`
	BookingID      uuid.UUID   `json:"booking_id"`
	BookingVersion int64       `json:"booking_version" doc:"the quote is good for this version of the booking"`
	MerchantID     uuid.UUID   `json:"-"`
	PriceBook      int         `json:"price_book" doc:"the version"`
	RulesVersion   int         `json:"rules_version"`
	Priority       int         `json:"priority"`
	Lines          []QuoteLine `json:"lines" nullable:"false"`
	Pay            money.Money `json:"pay" doc:"what the agents get"`
	Commission     money.Money `json:"commission"`
	Total          money.Money `json:"total" doc:"the sum of the lines; confirming holds it"`
	EligibleFree   *int        `json:"eligible_free" doc:"agents who may take the seats and are free; null where not known"`
	CompetingSeats *int        `json:"competing_seats" doc:"open seats of others in the same hours; null where not known"`
	FillChance     *float64    `json:"fill_chance" doc:"expected share of seats filled at the start, by somebody who comes; null where not known"`
	ChancePending  bool        `json:"fill_chance_pending" doc:"the fill chance of the booking's weeks is being worked out: a quote made a second or two later has it"`
	CreatedAt      time.Time   `json:"created_at"`
	ExpiresAt      time.Time   `json:"expires_at"`
}

// QuoteLine is the price of one shift's seats, or of their priority. minutes x hourly rate / 60, rounded half up once;
// commission = charge - pay.
type QuoteLine struct {
	ID            uuid.UUID   `json:"id"`
	Kind          string      `json:"kind" enum:"seats,priority"`
	ShiftID       uuid.UUID   `json:"shift_id"`
	StartsAt      time.Time   `json:"starts_at"`
	EndsAt        time.Time   `json:"ends_at"`
	Seats         int         `json:"seats"`
	Minutes       int64       `json:"minutes" doc:"of all seats"`
	PayPerHour    money.Money `json:"pay_per_hour"`
	ChargePerHour money.Money `json:"charge_per_hour"`
	Pay           money.Money `json:"pay"`
	Commission    money.Money `json:"commission"`
	Charge        money.Money `json:"charge"`
	Factors       []Factor    `json:"factors" nullable:"false" doc:"what the hourly rates are made of"`
	FillChance    *float64    `json:"fill_chance,omitempty" doc:"of seats: the expected share of them filled at the start, by somebody who comes"`
}

// line computes a line's amounts.
func line(kind string, shift QuotedShift, pay, charge int64, factors []Factor) QuoteLine {
	minutes := seatMinutes(shift) * int64(shift.Seats)
	l := QuoteLine{
		ID: newID(), Kind: kind, ShiftID: shift.ID, StartsAt: shift.StartsAt, EndsAt: shift.EndsAt,
		Seats: shift.Seats, Minutes: minutes, PayPerHour: money.CNY(pay), ChargePerHour: money.CNY(charge),
		Pay: money.CNY(money.ForMinutes(minutes, pay)), Charge: money.CNY(money.ForMinutes(minutes, charge)), Factors: factors,
	}
	l.Commission = money.CNY(l.Charge.Amount - l.Pay.Amount)
	return l
}

func seatMinutes(shift QuotedShift) int64 {
	return int64(shift.EndsAt.Sub(shift.StartsAt) / time.Minute)
}

// Quote freezes the price of a draft booking. priority 2 buys a place before bookings of priority 1 when plans are
// made. fault.ErrNotFound where the booking is not the actor's, ErrBookingNotDraft where it was confirmed.
func (s *Service) Quote(ctx context.Context, bookingID uuid.UUID, priority int) (quote Quote, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		booking, err := s.Bookings.BookingToQuote(tx, bookingID)
		if err != nil {
			return err
		}
		if booking.State != "draft" || len(booking.Shifts) == 0 {
			return ErrBookingNotDraft
		}
		book, err := selectPriceBook(tx)
		if err != nil {
			return err
		}
		quote, err = quoteOf(booking, book, priority, tx.Now)
		if err != nil {
			return err
		}
		return insertQuote(tx, quote)
	})
	return quote, err
}

// QuotePriority is the priority that a quote bought, for the matcher to give the booking when it confirms.
func (s *Service) QuotePriority(tx *postgres.Tx, quoteID uuid.UUID) (int, error) {
	quote, err := selectQuote(tx, quoteID)
	return quote.Priority, err
}

func quoteOf(b QuotedBooking, book PriceBook, priority int, now time.Time) (Quote, error) {
	rulebook, ok := rules.Of(b.RulesVersion)
	if !ok {
		return Quote{}, fault.ErrNotFound
	}
	q := Quote{
		ID: newID(), BookingID: b.ID, BookingVersion: b.Version, MerchantID: b.MerchantID, PriceBook: book.Version, RulesVersion: b.RulesVersion,
		Priority: priority, EligibleFree: b.EligibleFree, CompetingSeats: b.CompetingSeats, FillChance: b.FillChance, ChancePending: b.ChancePending,
		CreatedAt: now, ExpiresAt: now.Add(rulebook.Money.QuoteLife),
	}
	var pay, total int64
	for _, shift := range b.Shifts {
		price := book.price(b, shift, now)
		seats := line("seats", shift, price.pay, price.charge, price.factors)
		seats.FillChance = shift.FillChance
		q.Lines = append(q.Lines, seats)
		if priority > 1 && price.priority > 0 {
			q.Lines = append(q.Lines, line("priority", shift, 0, price.priority, []Factor{{Kind: "priority", PerHour: price.priority}}))
		}
	}
	for _, l := range q.Lines {
		pay, total = pay+l.Pay.Amount, total+l.Charge.Amount
	}
	q.Pay, q.Commission, q.Total = money.CNY(pay), money.CNY(total-pay), money.CNY(total)
	return q, nil
}
