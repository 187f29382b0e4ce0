package billing

import (
	"context"
	"time"

	"peakseat/internal/money"
	"peakseat/internal/postgres"
)

// PriceBookVersion is one version, and whether it is the one in force.
type PriceBookVersion struct {
	PriceBook
	State     string    `json:"state" enum:"in_force,scheduled,past" doc:"scheduled: it takes effect later, unless a newer version comes first"`
	CreatedAt time.Time `json:"created_at"`
}

// PricedCase is what one hour of one seat costs under the prices in force and under proposed ones.
type PricedCase struct {
	Kind         string        `json:"kind" enum:"plain,tags,night,weekend,holiday,late" doc:"plain: a weekday afternoon that asks for nothing; tags: the same with pre-sale and apparel at level 2; late: booked a quarter of a day ahead"`
	StartsAt     time.Time     `json:"starts_at"`
	EndsAt       time.Time     `json:"ends_at"`
	Requirements []PricedLevel `json:"requirements" nullable:"false"`
	LeadHours    int           `json:"lead_hours" doc:"how long before the start it is quoted"`
	PayNow       money.Money   `json:"pay_now"`
	PayThen      money.Money   `json:"pay_then"`
	ChargeNow    money.Money   `json:"charge_now"`
	ChargeThen   money.Money   `json:"charge_then"`
}

// PricedLevel is a tag that the seat asks for.
type PricedLevel struct {
	Tag   string `json:"tag"`
	Level int    `json:"level"`
}

// PriceBooks lists all versions, the newest first. It is an operator's.
func (s *Service) PriceBooks(ctx context.Context) (list []PriceBookVersion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if list, err = selectPriceBooks(tx); err != nil {
			return err
		}
		found := false
		for i := range list {
			switch {
			case list[i].EffectiveAt.After(tx.Now) && !found:
				list[i].State = "scheduled"
			case !found:
				list[i].State, found = "in_force", true
			default:
				list[i].State = "past"
			}
		}
		return nil
	})
	return list, err
}

// PreviewPrices says what some usual hours would cost from then on, by the evaluator that quotes. Nothing is kept.
func (s *Service) PreviewPrices(ctx context.Context, proposed Prices, from time.Time) (cases []PricedCase, err error) {
	if err = proposed.check(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		book, err := selectPriceBook(tx)
		if err != nil {
			return err
		}
		if from.Before(tx.Now) {
			from = tx.Now
		}
		cases = usualCases(from, proposed)
		for i := range cases {
			c := &cases[i]
			booking, shift := QuotedBooking{Zone: taxZone()}, QuotedShift{StartsAt: c.StartsAt, EndsAt: c.EndsAt, Seats: 1}
			for _, r := range c.Requirements {
				booking.Requirements = append(booking.Requirements, QuotedRequirement(r))
			}
			asked := c.StartsAt.Add(-time.Duration(c.LeadHours) * time.Hour)
			now, then := book.price(booking, shift, asked), proposed.price(booking, shift, asked)
			c.PayNow, c.PayThen, c.ChargeNow, c.ChargeThen = money.CNY(now.pay), money.CNY(then.pay), money.CNY(now.charge), money.CNY(then.charge)
		}
		return nil
	})
	return cases, err
}

// usualCases are hours in the four weeks after from, in Shanghai: each shows one part of the prices by itself.
func usualCases(from time.Time, p Prices) []PricedCase {
	first := from.In(taxZone()).AddDate(0, 0, 28)
	at := func(day time.Time, hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, taxZone())
	}
	holiday := func(day time.Time) bool {
		for _, h := range p.Holidays {
			if h == day.Format(time.DateOnly) {
				return true
			}
		}
		return false
	}
	workday, saturday := first, first
	for workday.Weekday() == time.Saturday || workday.Weekday() == time.Sunday || holiday(workday) {
		workday = workday.AddDate(0, 0, 1)
	}
	for saturday.Weekday() != time.Saturday || holiday(saturday) {
		saturday = saturday.AddDate(0, 0, 1)
	}
	const month, quarterDay = 28 * 24, 6
	skilled := []PricedLevel{{"function/presale", 2}, {"industry/apparel", 2}}
	cases := []PricedCase{
		{Kind: "plain", StartsAt: at(workday, 14), EndsAt: at(workday, 15), Requirements: []PricedLevel{}, LeadHours: month},
		{Kind: "tags", StartsAt: at(workday, 14), EndsAt: at(workday, 15), Requirements: skilled, LeadHours: month},
		{Kind: "night", StartsAt: at(workday, 23), EndsAt: at(workday, 24), Requirements: skilled, LeadHours: month},
		{Kind: "weekend", StartsAt: at(saturday, 14), EndsAt: at(saturday, 15), Requirements: skilled, LeadHours: month},
		{Kind: "late", StartsAt: at(workday, 14), EndsAt: at(workday, 15), Requirements: skilled, LeadHours: quarterDay},
	}
	for _, h := range p.Holidays {
		day, err := time.ParseInLocation(time.DateOnly, h, taxZone())
		if err == nil && day.After(from) {
			return append(cases, PricedCase{Kind: "holiday", StartsAt: at(day, 14), EndsAt: at(day, 15), Requirements: skilled, LeadHours: month})
		}
	}
	return cases
}
