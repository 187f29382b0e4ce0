package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/matcher"
)

// The demo lives: made-up agents hold its seats, come, are late, take breaks, leave, or do not come at all. What lies in the
// past was lived through on the rules' clock, which the first start sets back and lets catch up, act by act, through the use cases
// that serve everybody; at its end it is the real one again. While the program was off nobody acted, so a later start
// catches up in the same way from the moment at which it stopped.
const (
	demoPast   = 21 * 24 * time.Hour
	demoAway   = 15 * time.Minute // for how long the program must have been off before anybody notices
	demoLook   = 15 * time.Second // how often the agents look what is to be done
	demoAhead  = 75 * time.Hour   // they take seats that start sooner
	standInsAt = 13 * time.Minute // after a start, when somebody takes the seat of who did not come
	emptySeat  = 11               // nobody takes over this one: a board that is all green shows little
)

// troupeNames are the made-up agents whom nobody signs in as.
func troupeNames() []string {
	return []string{
		"南溪", "小鹿", "阿柚", "栗子", "海盐", "青禾", "木木", "北北", "阿宁", "七七", "大船", "橘子汽水", "小满天星", "青柠", "旧巷", "阿禾", "麦冬",
		"欧阳思远", "司徒明月", "买买提·艾力", "卓玛", "阿力木", "乌兰", "韩梅", "李雷", "苏打", "云朵", "陆离",
		"白露", "谷雨", "小寒", "立夏", "秋分", "子衿", "青青", "采薇", "关雎", "蒹葭", "木瓜", "桃夭", "静女", "伯兮", "黍离", "君子",
		"扬之水", "东门", "南山", "北风", "绿衣", "柏舟", "燕燕", "终风", "凯风", "雄雉", "谷风", "式微", "旄丘", "简兮",
	}
}

func troupeEmail(n int) string { return fmt.Sprintf("seat-%02d@demo.peakseat.test", n+1) }

// troupe are those of the made-up agents who are there.
func (d *demo) troupe() (ids []uuid.UUID) {
	for n := range troupeNames() {
		if actor, ok := d.people[troupeEmail(n)]; ok {
			ids = append(ids, actor.AccountID)
		}
	}
	return ids
}

// engagement is a seat that an agent of the demo holds or works.
type engagement struct {
	ID, AgentID, ShiftID            uuid.UUID
	StartsAt, EndsAt, ShiftStartsAt time.Time
	Seat, Seats, Breaks             int
	State                           string
	OnBreak                         bool
}

// habit says when an agent does what. A large shift goes the same way every time, so that a demo shows one of each; in small
// ones it changes from day to day.
type habit struct {
	in, pause, back, out time.Time // zero: never
}

func (e *engagement) habit() (h habit) {
	k := e.Seat
	if e.Seats < 5 {
		k = (e.Seat*5 + e.ShiftStartsAt.YearDay()*3) % 20
	}
	switch {
	case e.StartsAt.After(e.ShiftStartsAt): // who stands in
		h.in = e.StartsAt.Add(2 * time.Minute)
	case k == 5, k == emptySeat:
		return h
	case k%9 == 4:
		h.in = e.StartsAt.Add(8 * time.Minute)
	default:
		h.in = e.StartsAt.Add(-time.Duration(3+3*(k%3)) * time.Minute)
	}
	if length := e.EndsAt.Sub(e.ShiftStartsAt); k%3 == 0 && length >= 150*time.Minute {
		h.pause = e.ShiftStartsAt.Add(time.Duration(40+5*k) * time.Minute)
		h.back = h.pause.Add(15 * time.Minute)
	}
	if k != 8 { // forgets to check out
		h.out = e.EndsAt.Add(time.Duration(1+3*(k%2)) * time.Minute)
	}
	return h
}

// next is what the agent does next, and when; zero where nothing more.
func (e *engagement) next() (at time.Time, do func(context.Context, *matcher.Service) error) {
	h := e.habit()
	switch {
	case e.State == "held":
		return h.in, func(ctx context.Context, m *matcher.Service) error { _, err := m.CheckIn(ctx, e.ID); return err }
	case e.OnBreak:
		return h.back, func(ctx context.Context, m *matcher.Service) error { _, err := m.Break(ctx, e.ID, false); return err }
	case e.Breaks == 0 && !h.pause.IsZero():
		return h.pause, func(ctx context.Context, m *matcher.Service) error { _, err := m.Break(ctx, e.ID, true); return err }
	}
	return h.out, func(ctx context.Context, m *matcher.Service) error { _, err := m.CheckOut(ctx, e.ID); return err }
}

// engagements are the seats that these agents hold or work now.
func (d *demo) engagements(ctx context.Context, agents []uuid.UUID) (list []engagement, now time.Time, err error) {
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		now = tx.Now
		return tx.Raw(`select a.id, a.agent_id, a.shift_id, a.starts_at, a.ends_at, a.seat_no as seat, a.state, s.starts_at as shift_starts_at, s.seats,
				(select count(*) from matcher.attendance_event e where e.assignment_id = a.id and e.kind = 'break_start') as breaks,
				(select count(*) from matcher.attendance_event e where e.assignment_id = a.id and e.kind = 'break_start')
					> (select count(*) from matcher.attendance_event e where e.assignment_id = a.id and e.kind = 'break_end') as on_break
			from matcher.assignment a join matcher.shift s on s.id = a.shift_id
			where a.agent_id = any(?) and a.live and a.state in ('held', 'present') and not a.trial order by a.starts_at, a.id`, postgres.ArrayOf(agents)).Scan(&list).Error
	})
	return list, now, err
}

// perform does what is due of these. What the program refuses is no fault of the demo: somebody else may have acted.
func (d *demo) perform(ctx context.Context, list []engagement, now time.Time) (acted int, err error) {
	for i := range list {
		e := &list[i]
		at, do := e.next()
		if at.IsZero() || at.After(now) {
			continue
		}
		acted++
		if err := do(d.asAgent(ctx, e.AgentID), d.Matcher); err != nil {
			if _, refused := fault.As(err); !refused {
				return acted, err
			}
		}
	}
	return acted, nil
}

func (d *demo) asAgent(ctx context.Context, agent uuid.UUID) context.Context {
	return auth.WithActor(ctx, auth.Actor{AccountID: agent, Role: auth.Agent, SessionID: newID()})
}

// demoShift is a shift of the demo's merchant that is open.
type demoShift struct {
	ID               uuid.UUID
	StartsAt, EndsAt time.Time
	Seats, Open      int
	Function         string
}

// liveTitles are the bookings whose seats the made-up agents take.
func liveTitles() []string {
	return []string{titleWeekend, titleReturns, titleLastNight, titlePeak, titleHotline}
}

// shifts are the open shifts of the bookings that the demo's agents work, those that end after a time and start before another.
func (d *demo) shifts(ctx context.Context, from, to time.Time) (list []demoShift, err error) {
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select s.id, s.starts_at, s.ends_at, s.seats, t.open,
				(select coalesce(max(r.tag), '') from matcher.booking_requirement r where r.booking_id = b.id and r.tag like 'function/%') as function
			from matcher.shift s join matcher.booking b on b.id = s.booking_id
			cross join lateral (select count(*) filter (where e.state = 'open') as open from matcher.seat e where e.shift_id = s.id and e.kind = 'regular') t
			where b.merchant_id = ? and b.title = any(?) and s.state = 'open' and s.ends_at > ? and s.starts_at < ? order by s.starts_at, s.id`,
			d.people[demoOwner].OrganisationID, postgres.ArrayOf(liveTitles()), from, to).Scan(&list).Error
	})
	return list, err
}

// hire has agents take the open seats of shifts that have not begun, all but those left over. Who was there the last time is not
// always there again: the rotation follows the date.
func (d *demo) hire(ctx context.Context, agents []uuid.UUID, list []demoShift, leave func(demoShift) int) error {
	held, _, err := d.engagements(ctx, agents)
	if err != nil {
		return err
	}
	busy := map[uuid.UUID][]engagement{}
	for _, e := range held {
		busy[e.AgentID] = append(busy[e.AgentID], e)
	}
	night := rules.V1().Hours.RestOfNight
	for _, s := range list {
		want := s.Open - leave(s)
		for i := 0; i < len(agents) && want > 0; i++ {
			agent := agents[(i+s.StartsAt.YearDay()*3)%len(agents)]
			if slices.ContainsFunc(busy[agent], func(e engagement) bool {
				return e.StartsAt.Before(s.EndsAt.Add(night)) && s.StartsAt.Before(e.EndsAt.Add(night))
			}) {
				continue
			}
			a, err := d.claims.ClaimSeat(d.asAgent(ctx, agent), s.ID)
			if _, refused := fault.As(err); refused {
				continue
			}
			if err != nil {
				return err
			}
			busy[agent] = append(busy[agent], engagement{StartsAt: a.StartsAt, EndsAt: a.EndsAt})
			d.acted = true
			want--
		}
	}
	return nil
}

// standIn has somebody take the seats of those who did not come, all but one.
func (d *demo) standIn(ctx context.Context, agents []uuid.UUID, now time.Time) error {
	list, err := d.shifts(ctx, now.Add(rules.V1().Seats.TakeUntil), now.Add(time.Minute-standInsAt))
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s demoShift) bool { return s.Open == 0 })
	return d.hire(ctx, agents, list, func(s demoShift) int {
		if s.Seats >= emptySeat {
			return 1
		}
		return 0
	})
}

// moment is a time at which something is done that no agent does.
type moment struct {
	at time.Time
	do func(context.Context) error
}

// play lives through the time until then: the rules' clock jumps from one act to the next.
func (d *demo) play(ctx context.Context, until time.Time, chores ...moment) error {
	agents := append(d.troupe(), d.people[demoAgent].AccountID, d.people[demoAfterSales].AccountID)
	list, now, err := d.engagements(ctx, agents)
	if err != nil {
		return err
	}
	open, err := d.shifts(ctx, now, until)
	if err != nil {
		return err
	}
	book := rules.V1().Attendance
	for _, s := range open {
		chores = append(chores,
			moment{s.StartsAt.Add(book.NoShowAfter + time.Minute), d.Matcher.Sweep},
			moment{s.StartsAt.Add(standInsAt), func(ctx context.Context) error { return d.standIn(ctx, agents, s.StartsAt.Add(standInsAt)) }},
			moment{s.EndsAt.Add(book.CheckOutSwept + time.Minute), func(ctx context.Context) error {
				return errors.Join(d.Matcher.Sweep(ctx), d.deliver(ctx))
			}})
	}
	chores = slices.DeleteFunc(chores, func(m moment) bool { return m.at.Before(now) || m.at.After(until) })
	slices.SortStableFunc(chores, func(a, b moment) int { return a.at.Compare(b.at) })
	for {
		at := until
		for i := range list {
			if next, _ := list[i].next(); !next.IsZero() && next.Before(at) {
				at = next
			}
		}
		if len(chores) > 0 && chores[0].at.Before(at) {
			at = chores[0].at
		}
		if !at.Before(until) {
			return nil
		}
		if at.After(now) {
			if err := d.setClock(ctx, at); err != nil {
				return err
			}
		}
		acted, err := d.perform(ctx, list, at)
		if err != nil {
			return err
		}
		for len(chores) > 0 && !chores[0].at.After(at) {
			if err := chores[0].do(ctx); err != nil {
				return err
			}
			acted++
			chores = chores[1:]
		}
		if list, now, err = d.engagements(ctx, agents); err != nil {
			return err
		}
		// what was refused stays due: it must not be tried for ever
		list = slices.DeleteFunc(list, func(e engagement) bool { next, _ := e.next(); return !next.After(at) })
		if acted == 0 {
			return fmt.Errorf("nothing was to be done at %s", at)
		}
	}
}

func (d *demo) setClock(ctx context.Context, at time.Time) error {
	return postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error { return postgres.MoveClock(tx, at, 1) })
}

// rulesNow is where the rules' clock stands.
func (d *demo) rulesNow(ctx context.Context) (at time.Time, err error) {
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error { at = tx.Now; return nil })
	return at, err
}

// presentTime puts the rules' clock back to the real time, as if it had never been moved.
func (d *demo) presentTime(ctx context.Context) error {
	return postgres.InTx(ctx, d.Pools.System, postgres.RestClock)
}

// deliver hands the facts that wait to everybody who acts on them, because the worker that will do so is not running.
func (d *demo) deliver(ctx context.Context) error {
	return postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		waiting, last, err := outbox.WaitingAfter(tx, d.delivered)
		if err != nil {
			return err
		}
		for _, consumer := range slices.Concat(d.Certification.Consumers(), d.Matcher.Consumers(), d.Billing.Consumers(), d.Academy.Consumers(), d.Notice.Consumers()) {
			var list []outbox.Envelope
			for _, e := range waiting {
				if !slices.Contains(consumer.Types, e.Type) {
					continue
				}
				fresh := tx.Exec(`insert into platform.inbox (consumer, fact_id, handled_at) values (?, ?, ?) on conflict do nothing`, consumer.Name, e.ID, clock.Now())
				if fresh.Error != nil {
					return fresh.Error
				}
				if fresh.RowsAffected > 0 {
					list = append(list, e)
				}
			}
			if len(list) == 0 {
				continue
			}
			if err := consumer.Act(tx, list...); err != nil {
				return fmt.Errorf("%s: %w", consumer.Name, err)
			}
		}
		d.delivered = last
		return nil
	})
}

// live lets the demo's agents go on until ctx ends, by the rules' clock. Their visitors see a peak that runs.
func (d *demo) live(ctx context.Context, log *slog.Logger) error {
	agents := d.troupe()
	tick := time.NewTicker(demoLook)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.look(ctx, agents, n%40 == 0); err != nil && ctx.Err() == nil {
			log.DebugContext(ctx, "the demo's agents do nothing", slog.Any("error", err))
		}
	}
}

// look does what is due, and now and then takes seats for the hours to come.
func (d *demo) look(ctx context.Context, agents []uuid.UUID, ahead bool) error {
	list, now, err := d.engagements(ctx, agents)
	if err != nil {
		return err
	}
	if _, err := d.perform(ctx, list, now); err != nil {
		return err
	}
	if err := d.accept(ctx, agents, now); err != nil {
		return err
	}
	if err := d.standIn(ctx, agents, now); err != nil || !ahead {
		return err
	}
	return d.hireAhead(ctx, agents, now)
}

// accept takes the offers of seats whose agents did not come, all but one: what is offered is not open to claims.
func (d *demo) accept(ctx context.Context, agents []uuid.UUID, now time.Time) error {
	var offers []struct{ AgentID, ShiftID uuid.UUID }
	if err := postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select o.agent_id, o.shift_id from matcher.offer o join matcher.shift s on s.id = o.shift_id
			where o.state = 'live' and o.expires_at > ? and s.starts_at < ? and o.seat_no <> ? and o.agent_id = any(?)`,
			now, now.Add(-standInsAt), emptySeat, postgres.ArrayOf(agents)).Scan(&offers).Error
	}); err != nil {
		return err
	}
	for _, o := range offers {
		_, err := d.claims.ClaimSeat(d.asAgent(ctx, o.AgentID), o.ShiftID)
		if _, refused := fault.As(err); err != nil && !refused {
			return err
		}
	}
	return nil
}

func (d *demo) hireAhead(ctx context.Context, agents []uuid.UUID, now time.Time) error {
	list, err := d.shifts(ctx, now, now.Add(demoAhead))
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s demoShift) bool { return s.Open == 0 || !s.StartsAt.After(now) })
	return d.hire(ctx, agents, list, func(s demoShift) int {
		if s.Seats < 5 && s.StartsAt.After(now.Add(4*time.Hour)) {
			return 1 // still open
		}
		return 0
	})
}

// withClaims runs do while claims are answered, as Run will.
func (d *demo) withClaims(ctx context.Context, do func(context.Context) error) error {
	d.claims = matcher.New(d.Matcher.Deps)
	running, stop := context.WithCancel(ctx)
	g, _ := errgroup.WithContext(ctx)
	g.Go(func() error { return d.claims.RunClaims(running) })
	err := do(ctx)
	stop()
	err = errors.Join(err, g.Wait())
	d.claims = d.Matcher
	return err
}
