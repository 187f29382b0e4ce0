package matcher

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fault"
	"peakseat/internal/job"
	"peakseat/internal/postgres"
)

// checkScope refuses what is not there.
func checkScope(tx *postgres.Tx, r PlanRequest) error {
	var there bool
	switch {
	case r.BookingID != nil:
		if err := tx.Raw(`select exists (select from matcher.booking where id = ?)`, *r.BookingID).Scan(&there).Error; err != nil || there {
			return err
		}
		return fault.ErrInvalid.At("/booking_id", "unknown_booking", "没有这个预订。", "There is no such booking.")
	case r.CampaignID != nil:
		if err := tx.Raw(`select exists (select from matcher.campaign where id = ?)`, *r.CampaignID).Scan(&there).Error; err != nil || there {
			return err
		}
		return fault.ErrInvalid.At("/campaign_id", "unknown_campaign", "没有这个活动。", "There is no such campaign.")
	}
	return nil
}

// insertPlan writes the plan with its job; uuid.Nil is the scheduler.
func insertPlan(tx *postgres.Tx, r PlanRequest, asker uuid.UUID) (uuid.UUID, error) {
	id := newID()
	jobID, err := job.Enqueue(tx, planJob, planArgs{id}, asker)
	if err != nil {
		return uuid.Nil, err
	}
	var by *uuid.UUID
	if asker != uuid.Nil {
		by = &asker
	}
	return id, tx.Exec(`insert into matcher.plan (id, job_id, asked_by, booking_id, campaign_id, from_at, to_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, jobID, by, r.BookingID, r.CampaignID, r.From, r.To, tx.Now).Error
}

const planColumns = `select id, asked_by, booking_id, campaign_id, from_at as "from", to_at as "to", state, coalesce(error, '') as error, seats, agents, parts, filled,
	moved, weight, quality, offer_weight, offer_quality, solve_ms, created_at, finished_at, step, picked, skipped, offers, solved from matcher.plan `

type planRow struct {
	Plan                    `gorm:"embedded"`
	Step                    string
	Picked, Skipped, Solved int
}

func selectPlan(tx *postgres.Tx, id uuid.UUID) (*Plan, error) {
	plans, err := scanPlans(tx, planColumns+`where id = ?`, id)
	if err == nil && len(plans) == 0 {
		return nil, fault.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &plans[0], nil
}

func selectPlans(tx *postgres.Tx, before uuid.UUID, limit int) ([]Plan, error) {
	if before == uuid.Nil {
		return scanPlans(tx, planColumns+`order by id desc limit ?`, limit)
	}
	return scanPlans(tx, planColumns+`where id < ? order by id desc limit ?`, before, limit)
}

func scanPlans(tx *postgres.Tx, query string, args ...any) ([]Plan, error) {
	var rows []planRow
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	plans := make([]Plan, len(rows))
	for i, r := range rows {
		plans[i] = r.Plan
		plans[i].Progress = PlanProgress{Step: r.Step, Done: r.Skipped, Total: r.Picked}
		switch {
		case r.Offers != nil:
			plans[i].Progress.Done += *r.Offers
		case r.Step == "solving" && r.Parts != nil:
			plans[i].Progress.Done, plans[i].Progress.Total = r.Solved, *r.Parts
		}
	}
	return plans, nil
}

// passMoments notes the moments that have come and returns the shifts whose note is new: the first of several
// schedulers gets them.
func passMoments(tx *postgres.Tx, moments []time.Duration) (shifts []uuid.UUID, err error) {
	largest := slices.Max(moments)
	err = tx.Raw(`insert into matcher.shift_moment (shift_id, passed)
		select s.id, m.passed from matcher.shift s
		cross join lateral (select count(*)::int as passed from unnest(?::interval[]) b where s.starts_at - b <= ?) m
		left join matcher.shift_moment k on k.shift_id = s.id
		where s.state = 'open' and s.starts_at > ? and s.starts_at <= ? and coalesce(k.passed, 0) < m.passed
		order by s.id
		on conflict (shift_id) do update set passed = excluded.passed where shift_moment.passed < excluded.passed
		returning shift_id`, postgres.ArrayOf(moments), tx.Now, tx.Now, tx.Now.Add(largest)).Scan(&shifts).Error
	return shifts, err
}

// selectToPlan keeps of the shifts those that the scheduler may plan, with their starts.
func selectToPlan(tx *postgres.Tx, shifts []uuid.UUID, moments []time.Duration) (ids []uuid.UUID, starts []time.Time, err error) {
	var rows []struct {
		ID       uuid.UUID
		StartsAt time.Time
	}
	err = tx.Raw(`select s.id, s.starts_at from matcher.shift s join matcher.booking b on b.id = s.booking_id join matcher.shift_moment m on m.shift_id = s.id
		where s.id = any (?::uuid[]) and not b.seeded and b.confirmed_at <= s.starts_at - (?::interval[])[m.passed]
		  and exists (select from matcher.seat t where t.shift_id = s.id and t.state = 'open' and t.kind = 'regular') order by s.id`,
		postgres.ArrayOf(shifts), postgres.ArrayOf(moments)).Scan(&rows).Error
	for _, r := range rows {
		ids, starts = append(ids, r.ID), append(starts, r.StartsAt)
	}
	return ids, starts, err
}

// selectPlanData reads everything that a run stands on.
func selectPlanData(tx *postgres.Tx, id uuid.UUID) (*planData, error) {
	d := &planData{now: tx.Now, past: map[pair]int{}}
	if err := selectPlanShifts(tx, id, d); err != nil {
		return nil, fmt.Errorf("read the seats of a plan: %w", err)
	}
	if len(d.shifts) == 0 {
		return d, nil
	}
	var w who
	var shifts, merchants, bookings []uuid.UUID
	from, to := d.shifts[0].startsAt, d.shifts[0].endsAt
	for _, s := range d.shifts {
		from, to = earlier(from, s.startsAt), later(to, s.endsAt)
		shifts, merchants, bookings = append(shifts, s.id), append(merchants, s.merchant), append(bookings, s.booking)
		w.all = w.all || len(s.tags) == 0
		for _, r := range s.tags {
			w.tags = append(w.tags, r.Tag)
		}
	}
	slices.Sort(w.tags)
	w.tags = slices.Compact(w.tags)
	merchants, bookings = distinct(merchants), distinct(bookings)

	var r reading
	agents := r.candidates(w, from, to)
	d.out, d.apart, d.core = r.out(shifts), r.apart(merchants), r.teams(bookings)
	r.ask(`select agent_id, merchant_id, shifts from matcher.worked where merchant_id = any ($1)`, []any{merchants}, func(rows pgx.Rows) error {
		var p pair
		var n int
		err := rows.Scan(&p.agent, &p.other, &n)
		d.past[p] = n
		return err
	})
	if err := r.send(tx); err != nil {
		return nil, err
	}
	for _, c := range agents {
		if !c.disabled {
			d.agents = append(d.agents, c)
		}
	}
	slices.SortFunc(d.agents, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.levels(w.tags), a.levels(w.tags)), bytes.Compare(a.id[:], b.id[:]))
	})
	d.freeOffers()
	return d, nil
}

// freeOffers takes the live offers of the plan's shifts from who has them, as far as they may still be accepted: a plan may
// withdraw them.
func (d *planData) freeOffers() {
	shifts := make(map[uuid.UUID]*planShift, len(d.shifts))
	for _, s := range d.shifts {
		shifts[s.id] = s
	}
	for _, c := range d.agents {
		var free []heldOffer
		for _, o := range c.offers {
			s := shifts[o.shift]
			if s == nil || !o.expiresAt.After(d.now) {
				continue
			}
			c.unassume(o.id)
			if eligible(&c.agentFacts, &s.shiftFacts, d.now) {
				free = append(free, o)
			}
			c.assume(o.id, o.stretch)
		}
		for _, o := range free {
			c.unassume(o.id)
			d.live = append(d.live, liveOffer{o, c.id})
			delete(d.out, pair{c.id, o.shift})
		}
	}
}

// unassume is assume taken back.
func (c *candidate) unassume(id uuid.UUID) {
	i := slices.IndexFunc(c.held, func(h heldSeat) bool { return h.id == id })
	h := c.held[i]
	c.held = slices.Delete(c.held, i, i+1)
	c.days[h.workDay] -= h.minutes()
	c.weeks[weekOf(h.workDay)] -= h.minutes()
}

// levels is the sum of an agent's levels of the tags.
func (c *candidate) levels(tags []string) (sum int) {
	for _, t := range tags {
		sum += c.tags[t].level
	}
	return sum
}

// selectPlanShifts reads the unstarted shifts of the plan's scope that have seats which nobody holds; none where none of
// them is open.
func selectPlanShifts(tx *postgres.Tx, id uuid.UUID, d *planData) error {
	return tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select `+planShiftColumns+`
			from matcher.plan p join matcher.shift s on s.state = 'open' and s.starts_at > $2
			  and (p.booking_id is null or s.booking_id = p.booking_id) and (p.campaign_id is null or s.campaign_id = p.campaign_id)
			  and (p.from_at is null or s.starts_at >= p.from_at and s.starts_at < p.to_at)
			  and (p.asked_by is not null or s.id in (select m.shift_id from matcher.shift_moment m where m.plan_id = p.id))
			cross join lateral (select count(*) filter (where e.state = 'open') as open, count(*) filter (where e.state = 'offered') as offered
				from matcher.seat e where e.shift_id = s.id and e.kind = 'regular') t
			where p.id = $1 and t.open + t.offered > 0 order by s.starts_at, s.id`, id, d.now)
		if err != nil {
			return err
		}
		if d.shifts, err = scanPlanShifts(rows); err != nil {
			return err
		}
		if d.seats() == 0 {
			d.shifts = nil
		}
		return nil
	})
}

// planShiftColumns are what scanPlanShifts reads, of a shift s and its open seats t.
const planShiftColumns = `s.id, s.booking_id, s.merchant_id, s.starts_at, s.ends_at, coalesce(s.pay_per_hour, 0), s.currency, s.tags, s.levels, s.state, s.time_zone, s.rules_version, ` + packColumns + `, s.priority, t.open`

func scanPlanShifts(rows pgx.Rows) (shifts []*planShift, err error) {
	defer rows.Close()
	for rows.Next() {
		var (
			s       planShift
			tags    []string
			levels  []int32
			zone    string
			version int
		)
		if err := rows.Scan(&s.id, &s.booking, &s.merchant, &s.startsAt, &s.endsAt, &s.pay, &s.currency, &tags, &levels, &s.state, &zone, &version, &s.shop, &s.pack, &s.priority, &s.open); err != nil {
			return nil, err
		}
		if err := s.complete(tags, levels, zone, version); err != nil {
			return nil, err
		}
		shifts = append(shifts, &s)
	}
	return shifts, rows.Err()
}

// insertPicks stores who is chosen, in the order in which they will be offered.
func insertPicks(tx *postgres.Tx, id uuid.UUID, picks []chosenPick) error {
	n := len(picks)
	shifts, agents := make([]uuid.UUID, n), make([]uuid.UUID, n)
	weights, qualities, lessWeights, lessQualities := make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	for i, p := range picks {
		shifts[i], agents[i], weights[i], qualities[i] = p.shift, p.agent, int32(p.weight), int32(p.quality) //nolint:gosec // small
		lessWeights[i], lessQualities[i] = int32(p.lessWeight), int32(p.lessQuality)                         //nolint:gosec // small
	}
	if err := tx.Exec(`insert into matcher.plan_pick (plan_id, n, shift_id, agent_id, weight, quality, less_weight, less_quality)
		select ?, u.n, u.shift, u.agent, u.weight, u.quality, u.less_weight, u.less_quality
		from unnest(?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::int[], ?::int[]) with ordinality u (shift, agent, weight, quality, less_weight, less_quality, n)`,
		id, postgres.ArrayOf(shifts), postgres.ArrayOf(agents), postgres.ArrayOf(weights), postgres.ArrayOf(qualities),
		postgres.ArrayOf(lessWeights), postgres.ArrayOf(lessQualities)).Error; err != nil {
		return err
	}
	for i, p := range picks { // few, and the first
		if len(p.withdraws) == 0 {
			break
		}
		if err := tx.Exec(`update matcher.plan_pick set withdraws = ? where plan_id = ? and n = ?`, postgres.ArrayOf(p.withdraws), id, i+1).Error; err != nil {
			return err
		}
	}
	return nil
}

// numberedPick is a pick as it is stored.
type numberedPick struct {
	pick
	n         int32
	withdraws []uuid.UUID
}

// selectPicks reads the next that were not looked at.
func selectPicks(tx *postgres.Tx, id uuid.UUID, limit int) (picks []numberedPick, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select n, shift_id, agent_id, withdraws from matcher.plan_pick where plan_id = $1 and outcome is null order by n limit $2 for update`, id, limit)
		if err != nil {
			return err
		}
		picks, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p numberedPick, err error) {
			err = row.Scan(&p.n, &p.shift, &p.agent, &p.withdraws)
			return p, err
		})
		return err
	})
	return picks, err
}

// lockPicks locks all that offers and withdrawals of the picks touch.
func lockPicks(tx *postgres.Tx, picks []numberedPick) error {
	var shifts, agents, offers []uuid.UUID
	for _, p := range picks {
		shifts, agents, offers = append(shifts, p.shift), append(agents, p.agent), append(offers, p.withdraws...)
	}
	var left []uuid.UUID
	if err := tx.Raw(`select shift_id from matcher.offer where id = any (?::uuid[])`, postgres.ArrayOf(offers)).Scan(&left).Error; err != nil {
		return err
	}
	return lock(tx, distinct(append(shifts, left...)), distinct(agents))
}

// markPicks notes what became of them.
func markPicks(tx *postgres.Tx, id uuid.UUID, picks []numberedPick, offered []bool) (progress PlanProgress, err error) {
	numbers, sent := make([]int32, len(picks)), 0
	for i, p := range picks {
		numbers[i] = p.n
		if offered[i] {
			sent++
		}
	}
	if err = tx.Exec(`update matcher.plan_pick p set outcome = case when u.offered then 'offered' else 'skipped' end
		from unnest(?::int[], ?::boolean[]) u (n, offered) where p.plan_id = ? and p.n = u.n`, postgres.ArrayOf(numbers), postgres.ArrayOf(offered), id).Error; err != nil {
		return progress, err
	}
	err = tx.Raw(`update matcher.plan set offers = coalesce(offers, 0) + ?, skipped = skipped + ? where id = ? returning coalesce(offers, 0) + skipped as done, picked as total`,
		sent, len(offered)-sent, id).Scan(&progress).Error
	return progress, err
}

// insertPart stores a part to be solved.
func insertPart(tx *postgres.Tx, id uuid.UUID, n int, p *planPart, input []byte) error {
	return tx.Exec(`insert into matcher.plan_part (plan_id, n, seats, agents, input) values (?, ?, ?, ?, ?)`, id, n, p.seats, len(p.agents), input).Error
}

// selectPart reads a part, nil where it is solved or its plan failed.
func selectPart(tx *postgres.Tx, args partArgs) (input []byte, err error) {
	err = tx.Raw(`select s.input from matcher.plan_part s join matcher.plan p on p.id = s.plan_id
		where s.plan_id = ? and s.n = ? and s.result is null and p.state = 'running'`, args.PlanID, args.N).Row().Scan(&input)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return input, err
}

// updatePart stores what was found, once, and tells whether it was the last.
func updatePart(tx *postgres.Tx, args partArgs, found *partResult, result []byte) (last bool, err error) {
	done := tx.Exec(`update matcher.plan_part set result = ?, weight = ?, quality = ?, solve_ms = ? where plan_id = ? and n = ? and result is null`,
		result, found.Weight, found.Quality, found.Took.Milliseconds(), args.PlanID, args.N)
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	err = tx.Raw(`update matcher.plan set solved = solved + 1, solve_ms = solve_ms + ? where id = ? returning solved = parts`, found.Took.Milliseconds(), args.PlanID).Scan(&last).Error
	return last, err
}

// selectResults reads what was found, in the order of the parts.
func selectResults(tx *postgres.Tx, id uuid.UUID) (found []*partResult, err error) {
	err = tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select result from matcher.plan_part where plan_id = $1 order by n`, id)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*partResult, error) {
			var text []byte
			if err := row.Scan(&text); err != nil {
				return nil, err
			}
			return decodeResult(text)
		})
		return err
	})
	return found, err
}
