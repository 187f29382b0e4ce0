package matcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fault"
)

// noteSeats keeps the hints. Of a shift that it holds alone a batch reads one seat more than is asked for, so that no seat left means sold out.
func (b *claimBatcher) noteSeats(members []member, answers []seatAnswer, changes []*seatChange) {
	var sold, open, scarce, plenty []uuid.UUID
	for i := range members {
		m := &members[i]
		switch {
		case m.act != seatClaim || !m.shift.takeable(m.shift.startsAt):
		case !m.seats.alone:
			if errors.Is(answers[i].err, errSeatsScarce) {
				scarce = append(scarce, m.shift.id)
			}
		case len(m.seats.numbers) > 0:
			plenty = append(plenty, m.shift.id)
		case m.seats.offers == nil:
			sold = append(sold, m.shift.id)
		}
	}
	for _, c := range changes {
		if c.takenBy == "" {
			open = append(open, c.assignment.ShiftID)
		}
		for _, o := range c.withdrawn {
			open = append(open, o.shift)
		}
	}
	b.note(b.scarce, true, scarce)
	b.note(b.scarce, false, plenty)
	b.note(b.soldOut, true, sold)
	b.note(b.soldOut, false, open)
}

const selectSoldOut = `
select s.id, s.state, s.ends_at, s.rules_version, platform.rules_now(),
  exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular')
  or exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'offered' and e.kind = 'regular')
from matcher.shift s where s.id = any ($1::uuid[])`

const selectSoldOutMembers = `
select m.n, i.hash, coalesce(i.status, 0), i.reply, exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id)
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality m (agent, shift, key, n) join matcher.shift s on s.id = m.shift
left join platform.idempotency i on i.account_id = m.agent and i.key = m.key
where i.account_id is not null or exists (select from matcher.block b where b.agent_id = m.agent and b.merchant_id = s.merchant_id)`

// answerSoldOut tells everybody who waits for shifts that seem sold out what one read of the committed rows says, without a
// transaction, a lock or a flush. Where a shift is not full after all, its claims go back to the front.
func (b *claimBatcher) answerSoldOut(ctx context.Context, list []*seatRequest) {
	f := newBatchFacts(list)
	full, err := f.readSoldOut(ctx, b)
	if err != nil {
		// let the batch find out; it knows how to try again
		b.note(b.soldOut, false, f.shiftIDs())
		b.again(list)
		return
	}
	var back []*seatRequest
	for i, r := range list {
		m := &f.members[i]
		switch {
		case !full[r.shift]:
			back = append(back, r)
		case m.kept != nil:
			_, err := m.decide(time.Time{})
			r.answer(nil, err)
		case m.blocked:
			r.answer(nil, fault.ErrNotFound)
		default:
			r.answer(nil, ErrShiftFull)
		}
	}
	if len(back) > 0 {
		for _, r := range back {
			b.note(b.soldOut, false, []uuid.UUID{r.shift})
		}
		b.again(back)
	}
}

// readSoldOut reads which of the shifts are open for claims and have every seat held.
func (f *batchFacts) readSoldOut(ctx context.Context, b *claimBatcher) (full map[uuid.UUID]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	full = make(map[uuid.UUID]bool, len(f.members))
	flight := &pgx.Batch{}
	flight.Queue(selectSoldOut, f.shiftIDs()).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var (
				s        shiftFacts
				version  int
				now      time.Time
				seatLeft bool
			)
			if err := rows.Scan(&s.id, &s.state, &s.endsAt, &version, &now, &seatLeft); err != nil {
				return fmt.Errorf("read a sold-out shift: %w", err)
			}
			if err := s.complete(nil, nil, "UTC", version); err != nil {
				return err
			}
			full[s.id] = !seatLeft && s.takeable(now)
		}
		return rows.Err()
	})
	flight.Queue(selectSoldOutMembers, f.agents, f.shiftOf, f.keys).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var (
				n       int64
				kept    keptReply
				blocked bool
			)
			if err := rows.Scan(&n, &kept.hash, &kept.status, &kept.reply, &blocked); err != nil {
				return fmt.Errorf("read a caller: %w", err)
			}
			m := &f.members[n-1]
			m.blocked = blocked
			if kept.status != 0 {
				m.kept = &kept
			}
		}
		return rows.Err()
	})
	if err := b.db.Pool.SendBatch(ctx, flight).Close(); err != nil {
		return nil, fmt.Errorf("read sold-out shifts: %w", err)
	}
	return full, nil
}
