package matcher

import (
	"context"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
)

// HallShift is an open shift as an agent sees it in the hall.
type HallShift struct {
	ID           uuid.UUID     `json:"id"`
	ShopID       uuid.UUID     `json:"shop_id"`
	ShopName     string        `json:"shop_name"`
	Industry     string        `json:"industry"`
	Channels     []string      `json:"channels" nullable:"false"`
	StartsAt     time.Time     `json:"starts_at"`
	EndsAt       time.Time     `json:"ends_at"`
	TimeZone     string        `json:"time_zone" doc:"the shop's"`
	Requirements []Requirement `json:"requirements" nullable:"false"`
	PayPerHour   money.Money   `json:"pay_per_hour"`
	Seats        int           `json:"seats" doc:"of the kind asked for"`
	Open         int           `json:"open" doc:"of them, those that nobody holds or is offered"`
	Eligible     bool          `json:"eligible"`
	Rules        []RuleView    `json:"rules,omitempty" doc:"the rules that say no; with include=ineligible"`
	PackVersion  *int          `json:"pack_version,omitempty" doc:"the version of the shop's brand pack whose quiz must have been passed; absent: none"`
	FreeUntil    time.Time     `json:"release_free_until" doc:"who takes a seat may give it back freely until then"`

	facts shiftFacts
	no    []Rule
}

// HallFilter says which shifts of the hall are wanted. Zero values mean all.
type HallFilter struct {
	Tag        string    // required by the shift
	From, To   Date      // first and last date of the start, in the agent's zone
	LeastPay   int64     // per hour, minor units
	Trial      bool      // trial seats and their rules, in place of the regular ones
	Ineligible bool      // also shifts that the agent may not take, with their failed rules
	After      hallPlace // the last of the page before
	Limit      int
}

// hallPlace is where a shift stands in the hall: by its start.
type hallPlace struct {
	StartsAt time.Time `json:"s"`
	ID       uuid.UUID `json:"i"`
}

// hallRead is how many shifts are read at once while a page is filled.
const hallRead = 500

// Hall lists up to one more than the limit of the shifts with open seats that the agent who acts may take, in
// order of their start.
func (s *Service) Hall(ctx context.Context, f HallFilter) (list []HallShift, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list = nil
		agent, err := selectOwnFacts(tx, f.Trial)
		if err != nil {
			return err
		}
		for {
			read, err := selectHall(tx, f, agent.zone)
			if err != nil {
				return err
			}
			if f.Trial {
				if err := fillTrials(tx, read); err != nil {
					return err
				}
			}
			for i := range read {
				h := &read[i]
				if h.Eligible = eligible(agent, &h.facts, tx.Now); !h.Eligible {
					if !f.Ineligible {
						continue
					}
					h.no = failed(evaluate(agent, &h.facts, tx.Now))
				}
				if list = append(list, *h); len(list) > f.Limit {
					return f.countOpen(tx, list)
				}
			}
			if len(read) < hallRead {
				return f.countOpen(tx, list)
			}
			last := &read[len(read)-1]
			f.After = hallPlace{last.facts.startsAt, last.ID}
		}
	})
	return list, err
}

// HallShift reads one shift as the hall shows it, also when no seat of it is open any more; with trial, its trial seats.
func (s *Service) HallShift(ctx context.Context, id uuid.UUID, trial bool) (h *HallShift, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if h, err = selectHallShift(tx, id); err != nil {
			return err
		}
		list := []HallShift{*h}
		if trial {
			err = fillTrials(tx, list)
		} else {
			err = selectHallOpen(tx, list)
		}
		h = &list[0]
		return err
	})
	return h, err
}

// ShiftEligibility asks every rule of the agent who acts and one shift, those that the claim asks. To a blocked pair and
// before it is open the shift does not exist.
func (s *Service) ShiftEligibility(ctx context.Context, shiftID uuid.UUID) (list []Rule, err error) {
	return s.eligibility(ctx, shiftID, false)
}

// eligibility asks every rule of a regular or a trial seat.
func (s *Service) eligibility(ctx context.Context, shiftID uuid.UUID, trial bool) (list []Rule, err error) {
	if actor, _ := auth.ActorFrom(ctx); !actor.IsAgent() {
		return nil, fault.ErrForbidden
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		shift, err := selectHallShift(tx, shiftID)
		if err != nil {
			return err
		}
		agent, err := selectOwnFacts(tx, trial)
		if err != nil {
			return err
		}
		if trial {
			one := []HallShift{*shift}
			if err := fillTrials(tx, one); err != nil {
				return err
			}
			shift = &one[0]
		}
		list = evaluate(agent, &shift.facts, tx.Now)
		return nil
	})
	return list, err
}

// countOpen counts the open seats of a page; trial seats were counted as they were read.
func (f *HallFilter) countOpen(tx *postgres.Tx, list []HallShift) error {
	if f.Trial {
		return nil
	}
	return selectHallOpen(tx, list)
}

// fillTrials reads the trial seats of shifts, and has the rules be those of their trial seats.
func fillTrials(tx *postgres.Tx, list []HallShift) error {
	ids := make([]uuid.UUID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	found, open, err := selectHallTrials(tx, ids)
	for i := range list {
		h := &list[i]
		if h.facts.trial = found[h.ID]; h.facts.trial == nil {
			h.facts.trial = &trialSeats{}
		}
		h.Seats, h.Open = h.facts.trial.seats, open[h.ID]
	}
	return err
}
