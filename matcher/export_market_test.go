package matcher

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/clock"
	"peakseat/internal/postgres"
)

// FreshPlan is what a plan of so many seats of each shift is worth, in which whoever holds a seat or has an offer is pinned:
// the seats it gives, W and Q. It reads the database and every agent, and changes nothing.
func (s *Service) FreshPlan(ctx context.Context, seats map[uuid.UUID]int) (given int, weight, quality int64, err error) {
	onlyLooked := errors.New("only looked")
	defer func() {
		if errors.Is(err, onlyLooked) {
			err = nil
		}
	}()
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var waiting []waitingSeat
		for id := range seats {
			s, err := selectShiftFacts(tx, id, 0)
			if err != nil {
				return err
			}
			waiting = append(waiting, waitingSeat{shift: id, booking: s.booking, merchant: s.merchant, priority: 1})
		}
		r, err := selectRepair(tx, waiting)
		if err != nil {
			return err
		}
		all, err := selectTraders(tx, who{all: true})
		if err != nil {
			return err
		}
		d := &planData{now: tx.Now, past: map[pair]int{}, core: r.core, apart: r.apart, out: r.out}
		for _, o := range r.openings {
			d.shifts = append(d.shifts, &planShift{shiftFacts: o.shiftFacts, open: seats[o.id], priority: 1})
		}
		slices.SortFunc(d.shifts, func(a, b *planShift) int {
			return cmp.Or(a.startsAt.Compare(b.startsAt), bytes.Compare(a.id[:], b.id[:]))
		})
		for id, c := range all {
			d.agents = append(d.agents, c)
			for merchant, n := range c.past {
				d.past[pair{id, merchant}] = n
			}
		}
		slices.SortFunc(d.agents, func(a, b *candidate) int { return bytes.Compare(a.id[:], b.id[:]) })
		found, err := d.solve(func() bool { return false })
		if err != nil {
			return err
		}
		for _, p := range found.picks {
			given, weight, quality = given+1, weight+int64(p.weight), quality+int64(p.quality)
		}
		return onlyLooked
	})
	return given, weight, quality, err
}

// PictureIsTrue tells whether the picture of the market is what the database says.
func (s *Service) PictureIsTrue(ctx context.Context) (same bool, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		all, err := selectTraders(tx, who{all: true})
		if err != nil {
			return err
		}
		s.market.mu.RLock()
		defer s.market.mu.RUnlock()
		same = s.market.whole && maps.EqualFunc(all, s.market.agents, func(a, b *candidate) bool { return a.said() == b.said() })
		return nil
	})
	return same, err
}

// said is all that is known of the agent, in words.
func (c *candidate) said() string {
	known := c.clone()
	worked := "never"
	if c.lastWorked != nil {
		worked = c.lastWorked.UTC().String()
	}
	slices.SortFunc(known.held, func(a, b heldSeat) int { return bytes.Compare(a.id[:], b.id[:]) })
	known.lastWorked, known.zone, known.dayMinutes, known.weekMinutes, known.offers = nil, nil, nil, nil, nil // offers are among the held
	for _, counted := range []map[Date]int{known.days, known.weeks} {
		maps.DeleteFunc(counted, func(_ Date, minutes int) bool { return minutes == 0 })
	}
	return fmt.Sprintf("%s %s %+v", worked, c.zone, *known)
}

// QualityOf is what the agent at a seat of the shift is worth.
func (s *Service) QualityOf(ctx context.Context, agent, shift uuid.UUID) (q int, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		found, err := selectTraders(tx, who{ids: []uuid.UUID{agent}})
		if err != nil {
			return err
		}
		facts, err := selectShiftFacts(tx, shift, 0)
		if err != nil {
			return err
		}
		var r reading
		core := r.teams([]uuid.UUID{facts.booking})
		if err := r.send(tx); err != nil {
			return err
		}
		c := found[agent]
		q = quality(c.rating, c.past[facts.merchant], core[pair{agent, facts.booking}], c.lastWorked, tx.Now)
		return nil
	})
	return q, err
}

// TimeFillChance is how long the fill chance of the actor's booking takes, and whether it is known then.
func (s *Service) TimeFillChance(ctx context.Context, booking uuid.UUID) (took time.Duration, known bool, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		p, book, err := selectPriced(tx, booking)
		if err != nil {
			return err
		}
		began := clock.Now()
		s.fillChances(ctx, &p, &book)
		took, known = clock.Since(began), p.FillChance != nil
		return nil
	})
	return took, known, err
}

// ForgetDemand has the demand of every week pictured anew.
func (s *Service) ForgetDemand() {
	f := &s.market.forecast
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.weeks)
}

// HoldForecast computes a fill chance that takes until leave is called.
func (s *Service) HoldForecast() (leave func()) {
	f := &s.market.forecast
	f.turn <- struct{}{}
	return f.leave
}

// BreakForecast has the pictures of demand fail whoever quotes a line that was quoted before.
func (s *Service) BreakForecast() {
	f := &s.market.forecast
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.weeks {
		for line := range w.lines {
			w.lines[line] = 1 << 30
		}
	}
}

// MarketWhole tells whether the picture of the market is read and followed.
func (s *Service) MarketWhole() bool {
	s.market.mu.RLock()
	defer s.market.mu.RUnlock()
	return s.market.fed && s.market.whole && s.market.agents != nil
}

// MarketTurn reads again the next agents of the round, of a picture that nobody else keeps.
func (s *Service) MarketTurn(ctx context.Context) error {
	if !s.market.follows() {
		s.market.feed(true)
	}
	return s.market.freshen(ctx, true)
}
