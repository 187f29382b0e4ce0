package matcher

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/postgres"
)

// FirstNo is the first rule that says no, "" where none does; tags as "tag function/presale".
func FirstNo(list []Rule) string {
	for _, r := range list {
		if !r.Passed {
			return joined(r.Name, r.Tag)
		}
	}
	return ""
}

func joined(rule, tag string) string {
	if tag == "" {
		return rule
	}
	return rule + " " + tag
}

// ClaimVerdicts are the rules of each agent and one shift, as a claim batch reads and asks them.
func (s *Service) ClaimVerdicts(ctx context.Context, shift uuid.UUID, agents []uuid.UUID) (map[uuid.UUID][]Rule, error) {
	conn, err := s.Claim.Pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	batch := make([]*seatRequest, len(agents))
	for i, agent := range agents {
		batch[i] = newSeatRequest(ctx, seatClaim, agent, shift, shift)
	}
	now, members, err := readBatch(ctx, conn, batch)
	if err != nil {
		return nil, err
	}
	verdicts := make(map[uuid.UUID][]Rule, len(agents))
	for i := range members {
		m := &members[i]
		if m.blocked {
			verdicts[m.agent.id] = nil
			continue
		}
		verdicts[m.agent.id] = evaluate(&m.agent, &m.shift, now)
		if all := len(failed(verdicts[m.agent.id])) == 0; all != eligible(&m.agent, &m.shift, now) {
			panic("eligible and evaluate differ")
		}
	}
	_, err = conn.Exec(ctx, `rollback`)
	return verdicts, err
}

// SetVerdicts are the first noes of all agents against one shift, in SQL.
func (s *Service) SetVerdicts(ctx context.Context, shift uuid.UUID) (no map[uuid.UUID]string, f Funnel, eligible []uuid.UUID, err error) {
	no = map[uuid.UUID]string{}
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		facts, err := selectShiftFacts(tx, shift, 0)
		if err != nil {
			return err
		}
		err = tx.Pgx(func(conn *pgx.Conn) error {
			rows, err := queryEverybody(tx, conn, facts, ` select agent_id, stage, mask from verdict`)
			if err != nil {
				return err
			}
			var agent uuid.UUID
			var stage, mask int
			_, err = pgx.ForEachRow(rows, []any{&agent, &stage, &mask}, func() error {
				tag := ""
				if stage == stageTag {
					for i := range facts.tags {
						if mask&(1<<i) == 0 {
							tag = facts.tags[i].Tag
							break
						}
					}
				}
				no[agent] = joined(stageRules()[stage], tag)
				return nil
			})
			return err
		})
		if err != nil {
			return err
		}
		counted, err := selectFunnel(tx, facts)
		if err != nil {
			return err
		}
		f = Funnel{Agents: counted.agents, Eligible: counted.eligible, Lost: map[string]int{}}
		for _, step := range counted.steps {
			f.Lost[joined(step.rule, step.tag)] = step.lost
		}
		if n, err := countEligible(tx, facts); err != nil || n != f.Eligible {
			f.Eligible = -1
		}
		if err := triedAlike(tx, facts, counted); err != nil {
			return err
		}
		eligible, err = selectEligible(tx, facts)
		return err
	})
	return no, f, eligible, err
}

// triedAlike holds what a funnel says of fewer skills and more pay against the rules asked of the shift as it would be.
func triedAlike(tx *postgres.Tx, s *shiftFacts, f funnel) error {
	for i, t := range s.tags {
		changed := *s
		changed.tags = slices.Clone(s.tags)
		if t.Level > 1 {
			changed.tags[i].Level--
		} else {
			changed.tags = slices.Delete(changed.tags, i, i+1)
		}
		if n, err := countFree(tx, &changed); err != nil || n != f.lower[i] {
			return fmt.Errorf("one level less of %s lets %d be asked, the funnel says %d: %w", t.Tag, n, f.lower[i], errors.Join(err, errNotAlike))
		}
	}
	for i, pay := range f.pays {
		changed := *s
		changed.pay = pay
		if n, err := countFree(tx, &changed); err != nil || n < f.free+i+1 {
			return fmt.Errorf("pay of %d lets %d be asked, the funnel says %d: %w", pay, n, f.free+i+1, errors.Join(err, errNotAlike))
		}
	}
	changed := *s
	changed.pay = math.MaxInt64
	if n, err := countFree(tx, &changed); err != nil || n != f.free+len(f.pays) {
		return fmt.Errorf("any pay lets %d be asked, the funnel says %d: %w", n, f.free+len(f.pays), errors.Join(err, errNotAlike))
	}
	return nil
}

var errNotAlike = errors.New("the two are not alike")

// Funnel is funnel.
type Funnel struct {
	Agents, Eligible int
	Lost             map[string]int
}

// SetQueueLimit makes the door narrower.
func (s *Service) SetQueueLimit(n int) { s.claims.limit = n }

// WaitingClaims counts them.
func (s *Service) WaitingClaims() int {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	return len(s.claims.waiting)
}

// CountEligible is countEligible of one shift.
func (s *Service) CountEligible(ctx context.Context, shift uuid.UUID) (n int, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		facts, err := selectShiftFacts(tx, shift, 0)
		if err != nil {
			return err
		}
		n, err = countEligible(tx, facts)
		return err
	})
	return n, err
}
