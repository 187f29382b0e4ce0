package matcher

import (
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// PricedBooking is what a price is made of.
type PricedBooking struct {
	ID, MerchantID     uuid.UUID
	Version            int64
	State              string
	RulesVersion       int
	CampaignMultiplier int64 // of pay, per ten thousand
	Zone               *time.Location
	Requirements       []PricedRequirement
	Shifts             []PricedShift // in order of time

	// EligibleFree is how many agents could take a seat of the shift that the fewest could take; CompetingSeats how
	// many seats of other merchants nobody holds in the hours of the shift where they are most, and that need a tag
	// which this booking needs too. Of a booking of many shifts a few are looked at. Both are nil where there is no shift.
	EligibleFree, CompetingSeats *int

	FillChance    *float64 // of all seats; nil where it is not known
	ChancePending bool     // it will be in a moment

	shop uuid.UUID
	pack int // version of the shop's pack whose quiz its seats ask for
}

// PricedRequirement is a tag at a least level.
type PricedRequirement struct {
	Tag   string
	Level int
}

// PricedShift is one window of a booking on one date.
type PricedShift struct {
	ID               uuid.UUID
	StartsAt, EndsAt time.Time
	Seats            int
	FillChance       *float64 `gorm:"-"` // expected share of the seats manned at the start
}

const (
	noMultiplier = 10_000
	shiftsLooked = 4 // at most, to count who is free
)

// BookingToPrice reads a booking of the actor's merchant for its quote. A foreign or absent one is fault.ErrNotFound.
// Who is free is counted in a transaction of its own, because a merchant's role cannot see agents.
func (s *Service) BookingToPrice(tx *postgres.Tx, bookingID uuid.UUID) (PricedBooking, error) {
	priced, book, err := selectPriced(tx, bookingID)
	if err != nil {
		return PricedBooking{}, err
	}
	if len(priced.Shifts) == 0 {
		return priced, nil
	}
	err = postgres.InTx(tx.Context(), s.System, func(all *postgres.Tx) (err error) {
		free, competing := math.MaxInt, 0
		for _, shift := range spread(priced.Shifts, shiftsLooked) {
			facts := priced.facts(shift, book)
			able, err := countEligible(all, facts)
			if err != nil {
				return err
			}
			others, err := countCompeting(all, facts)
			if err != nil {
				return err
			}
			free, competing = min(free, able), max(competing, others)
		}
		priced.EligibleFree, priced.CompetingSeats = &free, &competing
		return nil
	})
	if err != nil {
		return PricedBooking{}, err
	}
	priced.ChancePending = s.fillChances(tx.Context(), &priced, &book)
	return priced, nil
}

// facts are those of a shift that is not open yet: its pay is what the quote will say, so that no agent's least pay is
// asked.
func (p *PricedBooking) facts(shift PricedShift, book rules.Book) *shiftFacts {
	facts := &shiftFacts{
		id: shift.ID, booking: p.ID, merchant: p.MerchantID, shop: p.shop, pack: p.pack, startsAt: shift.StartsAt, endsAt: shift.EndsAt,
		pay: math.MaxInt64, state: shiftOpen, zone: p.Zone, book: book,
	}
	for _, r := range p.Requirements {
		facts.tags = append(facts.tags, Requirement(r))
	}
	return facts
}

// spread picks at most n of a list, the first and the last among them.
func spread[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	picked := make([]T, n)
	for i := range picked {
		picked[i] = list[i*(len(list)-1)/(n-1)]
	}
	return picked
}

func selectPriced(tx *postgres.Tx, id uuid.UUID) (p PricedBooking, book rules.Book, err error) {
	var rows []struct {
		ID, MerchantID     uuid.UUID
		Version            int64
		State, TimeZone    string
		RulesVersion       int
		CampaignMultiplier int64
		ShopID             uuid.UUID
		Pack               int
	}
	if err = tx.Raw(`select b.id, b.merchant_id, b.version, b.state, b.rules_version, coalesce(c.multiplier, ?) as campaign_multiplier, h.time_zone, b.shop_id, matcher.pack_needed(b.shop_id, platform.rules_now()) as pack
		from matcher.booking b join matcher.shop h on h.id = b.shop_id left join matcher.campaign c on c.id = b.campaign_id
		where b.id = ? and (? = 'operator' or b.merchant_id = ?)`, noMultiplier, id, tx.Actor.Role, tx.Actor.OrganisationID).Scan(&rows).Error; err != nil {
		return p, book, err
	}
	if len(rows) == 0 {
		return p, book, fault.ErrNotFound
	}
	r := rows[0]
	p = PricedBooking{ID: r.ID, MerchantID: r.MerchantID, Version: r.Version, State: r.State, RulesVersion: r.RulesVersion, CampaignMultiplier: r.CampaignMultiplier, shop: r.ShopID, pack: r.Pack}
	if p.Zone, err = zone(r.TimeZone); err != nil {
		return p, book, err
	}
	book, known := rules.Of(p.RulesVersion)
	if !known {
		return p, book, fmt.Errorf("booking %s has the rules version %d, which is not known", id, p.RulesVersion)
	}
	if err = tx.Raw(`select tag, level from matcher.booking_requirement where booking_id = ? order by tag`, id).Scan(&p.Requirements).Error; err != nil {
		return p, book, err
	}
	return p, book, tx.Raw(`select id, starts_at, ends_at, seats from matcher.shift where booking_id = ? and state in ('draft', 'open') order by starts_at, id`, id).Scan(&p.Shifts).Error
}

// countCompeting counts the seats of other merchants that nobody holds in the shift's hours and that need one of its
// tags; without tags, any.
func countCompeting(tx *postgres.Tx, s *shiftFacts) (n int, err error) {
	tags := []string{}
	for _, r := range s.tags {
		tags = append(tags, r.Tag)
	}
	err = tx.Raw(`select count(*) from matcher.shift o join matcher.seat t on t.shift_id = o.id and t.state in ('open', 'offered') and t.kind = 'regular'
		where o.state = 'open' and o.merchant_id <> ? and o.starts_at < ? and o.ends_at > ? and o.starts_at > ?
		  and (cardinality(?::text[]) = 0 or o.tags && ?::text[])`,
		s.merchant, s.endsAt, s.startsAt, s.startsAt.Add(-longestShift), postgres.ArrayOf(tags), postgres.ArrayOf(tags)).Scan(&n).Error
	return n, err
}

// longestShift is what the table allows.
const longestShift = 24 * time.Hour
