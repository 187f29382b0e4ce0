package billing

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// perTenThousand is one whole in the units of multipliers and rates.
const perTenThousand = 10_000

// Prices is what a version of the price book says. Amounts are fen, multipliers and rates per ten thousand.
type Prices struct {
	Currency    string     `json:"currency" enum:"CNY"`
	BasePerHour int64      `json:"base_per_hour" minimum:"100" maximum:"1000000" doc:"fen; pay of a seat that asks for nothing"`
	Tags        []TagPrice `json:"tags" maxItems:"1000" nullable:"false" doc:"what required tags add to the pay"`
	Night       Night      `json:"night"`
	Weekend     int64      `json:"weekend" minimum:"10000" maximum:"100000" doc:"multiplier of the pay on Saturdays and Sundays, per ten thousand"`
	Holiday     int64      `json:"holiday" minimum:"10000" maximum:"100000" doc:"multiplier of the pay on the listed holidays, per ten thousand"`
	Holidays    []string   `json:"holidays" maxItems:"1000" nullable:"false" doc:"dates, local to the shop"`
	LeadTimes   []LeadTime `json:"lead_times" maxItems:"20" nullable:"false" doc:"what booking late adds to the charge"`
	Commission  int64      `json:"commission" minimum:"0" maximum:"10000" doc:"the platform's, on the pay, per ten thousand"`
	// PriorityPerHour is charged for each seat hour of a booking that buys priority.
	PriorityPerHour int64 `json:"priority_per_hour" minimum:"0" maximum:"1000000" doc:"fen, per seat hour of a booking with priority 2"`
}

// TagPrice is what a required tag adds from a level on. "industry/*" stands for every tag of the dimension that has no price of its own.
type TagPrice struct {
	Tag     string `json:"tag" pattern:"^[a-z_]+/([a-z0-9_-]+|\\*)$"`
	Level   int    `json:"level" minimum:"1" maximum:"5"`
	PerHour int64  `json:"per_hour" minimum:"0" maximum:"1000000"`
}

// Night is the hours of the day that are night, local to the shop.
type Night struct {
	From       string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"22:00"`
	To         string `json:"to" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"06:00"`
	Multiplier int64  `json:"multiplier" minimum:"10000" maximum:"100000"`
}

// LeadTime multiplies the charge of a seat that is quoted less than so many hours before its start.
type LeadTime struct {
	UnderHours int   `json:"under_hours" minimum:"1" maximum:"8760"`
	Multiplier int64 `json:"multiplier" minimum:"10000" maximum:"100000"`
}

// PriceBook is a version of the prices.
type PriceBook struct {
	Version     int       `json:"version"`
	EffectiveAt time.Time `json:"effective_at"`
	Prices
}

// ETag is the version's.
func (b PriceBook) ETag() string { return web.ETag(int64(b.Version)) }

// Factor is one part of an hour's price, in the order in which they apply.
type Factor struct {
	Kind       string `json:"kind" enum:"base,tag,hours,campaign,lead_time,commission,priority"`
	Name       string `json:"name,omitempty" doc:"the tag"`
	PerHour    int64  `json:"per_hour,omitempty" doc:"fen that it adds"`
	Multiplier int64  `json:"multiplier,omitempty" doc:"per ten thousand"`
}

// hourly is the price of a seat's hour.
type hourly struct {
	pay, charge, priority int64 // fen; charge is the pay with commission, priority comes on top
	factors               []Factor
}

// price says what an hour of one seat of the shift costs, quoted at now.
//
// pay = (base + tags) x hours x campaign, rounded half up once, where hours is the average of its minutes'
// multipliers; charge = pay x (1 + commission) x lead time, rounded half up once. Of night, weekend and holiday the
// largest applies.
func (p Prices) price(b QuotedBooking, shift QuotedShift, now time.Time) hourly {
	factors := []Factor{{Kind: "base", PerHour: p.BasePerHour}}
	sum := p.BasePerHour
	for _, r := range b.Requirements {
		adds := p.tagPrice(r.Tag, r.Level)
		sum += adds
		factors = append(factors, Factor{Kind: "tag", Name: r.Tag, PerHour: adds})
	}
	weighted, minutes := p.hours(shift, b.Zone)
	campaign := b.CampaignMultiplier
	if campaign == 0 {
		campaign = perTenThousand
	}
	lead := p.leadTime(shift.StartsAt.Sub(now))
	pay := roundedProduct([]int64{sum, weighted, campaign}, []int64{minutes, perTenThousand, perTenThousand})
	charge := roundedProduct([]int64{pay, perTenThousand + p.Commission, lead}, []int64{perTenThousand, perTenThousand})
	factors = append(factors,
		Factor{Kind: "hours", Multiplier: roundedProduct([]int64{weighted}, []int64{minutes})},
		Factor{Kind: "campaign", Multiplier: campaign},
		Factor{Kind: "lead_time", Multiplier: lead},
		Factor{Kind: "commission", Multiplier: p.Commission})
	return hourly{pay: pay, charge: charge, priority: p.PriorityPerHour, factors: factors}
}

// tagPrice is what the tag adds at its level: the price of the highest level that does not exceed it.
func (p Prices) tagPrice(tag string, level int) int64 {
	dimension, _, _ := strings.Cut(tag, "/")
	for _, name := range []string{tag, dimension + "/*"} {
		best, perHour := 0, int64(0)
		for _, t := range p.Tags {
			if t.Tag == name && t.Level <= level && t.Level > best {
				best, perHour = t.Level, t.PerHour
			}
		}
		if best > 0 {
			return perHour
		}
	}
	return 0
}

// hours sums the multipliers of the shift's minutes.
func (p Prices) hours(shift QuotedShift, zone *time.Location) (weighted, minutes int64) {
	for at := shift.StartsAt; at.Before(shift.EndsAt); at = at.Add(time.Minute) {
		local := at.In(zone)
		multiplier := int64(perTenThousand)
		if p.Night.holds(local.Format("15:04")) {
			multiplier = max(multiplier, p.Night.Multiplier)
		}
		if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
			multiplier = max(multiplier, p.Weekend)
		}
		if slices.Contains(p.Holidays, local.Format(time.DateOnly)) {
			multiplier = max(multiplier, p.Holiday)
		}
		weighted += multiplier
		minutes++
	}
	return weighted, minutes
}

// holds tells whether the time of day "15:04" lies in [from, to), which may cross midnight.
func (n Night) holds(clock string) bool {
	if n.From <= n.To {
		return n.From <= clock && clock < n.To
	}
	return clock >= n.From || clock < n.To
}

// leadTime is the multiplier of the shortest lead time that the time to the start is under.
func (p Prices) leadTime(toStart time.Duration) int64 {
	under, multiplier := time.Duration(-1), int64(perTenThousand)
	for _, l := range p.LeadTimes {
		limit := time.Duration(l.UnderHours) * time.Hour
		if toStart < limit && (under < 0 || limit < under) {
			under, multiplier = limit, l.Multiplier
		}
	}
	return multiplier
}

// roundedProduct is the product of factors divided by that of divisors, rounded half up once.
func roundedProduct(factors, divisors []int64) int64 {
	over, under := big.NewInt(1), big.NewInt(1)
	for _, f := range factors {
		over.Mul(over, big.NewInt(f))
	}
	for _, d := range divisors {
		under.Mul(under, big.NewInt(d))
	}
	over.Mul(over, big.NewInt(2)).Add(over, under)
	return over.Div(over, under.Mul(under, big.NewInt(2))).Int64()
}

// check finds what the schema cannot say.
func (p Prices) check() error {
	var c fault.Collect
	for _, day := range p.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			c.Add("/holidays", "bad_date", "应为日期，例如 2027-01-01："+day, "Dates such as 2027-01-01, not "+day+".")
		}
	}
	type tagLevel struct {
		tag   string
		level int
	}
	seen := map[tagLevel]bool{}
	for _, t := range p.Tags {
		if key := (tagLevel{t.Tag, t.Level}); seen[key] {
			c.Add("/tags", "not_unique", "同一标签和等级出现了两次："+t.Tag, "The same tag and level twice: "+t.Tag+".")
		} else {
			seen[key] = true
		}
	}
	return c.Err()
}

// PriceBook returns the prices in force.
func (s *Service) PriceBook(ctx context.Context) (book PriceBook, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		book, err = selectPriceBook(tx)
		return err
	})
	return book, err
}

// PublishPrices adds a version of the price book, in force from effectiveAt on, or at once where that is zero. read is
// the version that the caller saw last: web.ErrChanged where another came meanwhile.
func (s *Service) PublishPrices(ctx context.Context, read int64, prices Prices, effectiveAt time.Time) (book PriceBook, err error) {
	if err = prices.check(); err != nil {
		return PriceBook{}, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) (err error) {
		newest, err := selectNewestPriceBook(tx)
		if err != nil {
			return err
		}
		if effectiveAt.IsZero() {
			effectiveAt = tx.Now
		}
		switch {
		case int64(newest) != read:
			return web.ErrChanged
		case effectiveAt.Before(tx.Now):
			return fault.ErrInvalid.At("/effective_at", "in_the_past", "不能早于现在。", "Not before now.")
		}
		book = PriceBook{Version: newest + 1, EffectiveAt: effectiveAt.UTC(), Prices: prices}
		if err := insertPriceBook(tx, book); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "price_book.published", Subject: strconv.Itoa(book.Version), Detail: book})
	})
	return book, err
}
