package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/billing"
	"peakseat/internal/clock"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// The bookings whose seats the made-up agents take, some of them every few days anew.
const (
	titleWeekend   = "三天连播值守"
	titleReturns   = "退换货回访"
	titleLastNight = "昨晚直播"
	titlePeak      = "大促直播 · 售前"
	titleHotline   = "大促售后快线"
)

// pastBooking is one that is made some time before it begins.
type pastBooking struct {
	made    time.Time
	request matcher.BookingRequest
	alone   string // the only one who takes its seats; empty: the troupe
}

// beginPast sets the rules' clock back, before anybody is there.
func (d *demo) beginPast(ctx context.Context) error {
	return d.setClock(ctx, clock.Now().Add(-demoPast))
}

// catchUp lives through the time since the rules' clock stands still: since it was set back, or since the program was off.
func (d *demo) catchUp(ctx context.Context) error {
	if len(d.troupe()) == 0 { // data from before there was one
		return nil
	}
	now, slept, err := d.lastAlive(ctx)
	if err != nil || slept < demoAway {
		return err
	}
	d.acted = true
	if err := d.relive(ctx, now, now.Add(slept)); err != nil {
		return err
	}
	if err := d.presentTime(ctx); err != nil {
		return err
	}
	if err := errors.Join(d.Matcher.Sweep(ctx), d.deliver(ctx), d.argue(ctx)); err != nil {
		return err
	}
	return d.readNotices(ctx)
}

// relive lets the time between two moments pass on the rules' clock, with its bookings and whoever works them.
func (d *demo) relive(ctx context.Context, now, present time.Time) error {
	if err := d.setClock(ctx, now); err != nil {
		return err
	}
	for _, b := range d.pastBookings(now, present) {
		if err := d.play(ctx, b.made, d.chores(now, b.made)...); err != nil {
			return err
		}
		if b.made.After(now) {
			if err := d.setClock(ctx, b.made); err != nil {
				return err
			}
			now = b.made
		}
		if err := d.bookPast(ctx, b, present); err != nil {
			return fmt.Errorf("%s: %w", b.request.Title, err)
		}
	}
	return d.play(ctx, present, d.chores(now, present)...)
}

// lastAlive is where the rules' clock stood when anything last happened, and how long ago that is. A clock that somebody set
// ahead is left alone.
func (d *demo) lastAlive(ctx context.Context) (at time.Time, slept time.Duration, err error) {
	moved, err := postgres.ClockMoved(ctx, d.Pools.System)
	if err != nil {
		return at, 0, err
	}
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		at = tx.Now
		if moved {
			return nil
		}
		return tx.Raw(`select max(recorded_at) from platform.fact`).Scan(&at).Error
	})
	return at, clock.Since(at), err
}

// pastBookings are those to be made between two times, the first first.
func (d *demo) pastBookings(from, present time.Time) []pastBooking {
	zone := time.FixedZone(seedZone, 8*60*60) // has had no summer time since 1991
	local := present.In(zone)
	today := matcher.DateOf(local)
	chat := matcher.Requirement{Tag: "channel/chat", Level: 1}
	presale := []matcher.Requirement{chat, {Tag: "function/presale", Level: 2}, {Tag: "industry/apparel", Level: 1}}
	aftersale := []matcher.Requirement{chat, {Tag: "function/aftersale", Level: 1}}
	var list []pastBooking
	add := func(title string, first, last matcher.Date, ahead time.Duration, requirements []matcher.Requirement, alone string, windows ...matcher.Window) {
		b := pastBooking{alone: alone, request: matcher.BookingRequest{ShopID: d.shop, Title: title, StartsOn: first, EndsOn: last, Requirements: requirements, Windows: windows}}
		begins := time.Time{}
		for _, w := range windows {
			at := onDate(first, w.Start, zone)
			if begins.IsZero() || at.Before(begins) {
				begins = at
			}
		}
		if b.made = begins.Add(-ahead); b.made.Before(from) {
			b.made = from
		}
		if begins.After(b.made.Add(time.Minute)) {
			list = append(list, b)
		}
	}
	for _, ago := range []int{19, 12, 5} {
		add(titleWeekend, today.Add(-ago), today.Add(2-ago), 40*time.Hour, presale, "",
			matcher.Window{Start: "10:00", End: "13:00", Seats: 1}, matcher.Window{Start: "19:30", End: "23:30", Seats: 3})
	}
	add(titleReturns, today.Add(-4), today.Add(-3), 30*time.Hour, aftersale, demoAfterSales, matcher.Window{Start: "09:00", End: "12:00", Seats: 1})
	add(titleLastNight, today.Add(-1), today.Add(-1), 24*time.Hour, presale, "", matcher.Window{Start: "19:00", End: "23:00", Seats: 4})

	// the peak itself: a large shift that began an hour ago, a small one before it and one after, and a shift that has just begun
	window := func(start time.Time, length time.Duration, seats int) matcher.Window {
		return matcher.Window{Start: start.Format("15:04"), End: start.Add(length).Format("15:04"), Seats: seats}
	}
	began := local.Truncate(30 * time.Minute).Add(-time.Hour)
	early := from.Add(10 * time.Minute)
	if began.Before(early) {
		began = early.In(zone).Truncate(5 * time.Minute)
	}
	day := matcher.DateOf(began)
	peak := []matcher.Window{window(began, 5*time.Hour, 12)}
	for _, w := range []matcher.Window{window(began.Add(-9*time.Hour), 5*time.Hour, 4), window(began.Add(5*time.Hour), 4*time.Hour, 4)} {
		if onDate(day, w.Start, zone).After(early) {
			peak = append(peak, w)
		}
	}
	if began.Before(local) {
		add(titlePeak, day, day.Add(2), 12*time.Hour, presale, "", peak...)
	}
	if just := local.Truncate(5 * time.Minute); just.After(early) {
		add(titleHotline, matcher.DateOf(just), matcher.DateOf(just).Add(1), 20*time.Hour, aftersale, "", window(just, 4*time.Hour, 5))
	}
	slices.SortStableFunc(list, func(a, b pastBooking) int { return a.made.Compare(b.made) })
	return list
}

func onDate(day matcher.Date, at string, zone *time.Location) time.Time {
	t, err := time.Parse("15:04", at)
	if err != nil {
		panic(err) // it was formatted here
	}
	return day.At(t.Hour()*60+t.Minute(), zone)
}

// bookPast makes, confirms and fills one booking. What is there already, or runs at that time anyway, is left alone.
func (d *demo) bookPast(ctx context.Context, b pastBooking, present time.Time) error {
	if b.request.Title == titlePeak || b.request.Title == titleHotline {
		running, err := d.shifts(ctx, present.Add(30*time.Minute), present)
		if err != nil || slices.ContainsFunc(running, func(s demoShift) bool { return s.Seats >= 5 && !s.StartsAt.After(present) && s.same(b) }) {
			return err
		}
	}
	owner := d.as(ctx, demoOwner)
	booking, err := d.Matcher.CreateBooking(owner, b.request)
	if err != nil {
		return err
	}
	quote, err := d.Billing.Quote(owner, booking.ID, 1)
	if err != nil {
		return err
	}
	if err := d.fund(ctx, quote.Total.Amount); err != nil {
		return err
	}
	if _, err := d.Matcher.ConfirmBooking(owner, booking.ID, quote.ID); err != nil {
		return err
	}
	shifts, err := d.Matcher.BookingShifts(owner, booking.ID)
	if err != nil {
		return err
	}
	agents := d.troupe()
	if b.alone != "" {
		agents = []uuid.UUID{d.people[b.alone].AccountID}
	}
	var list []demoShift
	for _, s := range shifts {
		open := s.Open
		if b.request.Title == titleWeekend && s.Seats > 1 { // the agent whom visitors sign in as was there
			if _, err := d.claims.ClaimSeat(d.as(ctx, demoAgent), s.ID); err == nil {
				open--
			} else if _, refused := fault.As(err); !refused {
				return err
			}
		}
		if s.StartsAt.Before(present.Add(demoAhead)) {
			list = append(list, demoShift{ID: s.ID, StartsAt: s.StartsAt, EndsAt: s.EndsAt, Seats: s.Seats, Open: open})
		}
	}
	return d.hire(ctx, agents, list, func(s demoShift) int {
		if s.StartsAt.After(present.Add(2 * time.Hour)) {
			return 1 // still open
		}
		return 0
	})
}

// same tells whether a shift is of the kind that a booking would have.
func (s demoShift) same(b pastBooking) bool {
	return slices.ContainsFunc(b.request.Requirements, func(r matcher.Requirement) bool { return r.Tag == s.Function })
}

// chores are what the merchant and the deadlines do every evening.
func (d *demo) chores(from, to time.Time) (list []moment) {
	for at := from.Truncate(24 * time.Hour).Add(11 * time.Hour); at.Before(to); at = at.Add(24 * time.Hour) {
		if at.After(from) {
			list = append(list, moment{at, d.settleDay})
		}
	}
	return list
}

// settleDay approves half of what waits, rules what is disputed, and lets pass what is due.
func (d *demo) settleDay(ctx context.Context) error {
	if err := d.deliver(ctx); err != nil {
		return err
	}
	finance := d.as(ctx, demoFinance)
	disputes, err := d.Billing.Disputes(finance, "open", web.Page{Limit: 5})
	if err != nil {
		return err
	}
	for _, dispute := range disputes.Items {
		if _, err := d.Billing.Rule(d.as(ctx, demoOperator), dispute.ID, dispute.Minutes/3, "断网 4 分钟有记录，其余 2 分钟会话已转交"); err != nil {
			return err
		}
	}
	waiting, err := d.Billing.Timesheets(finance, billing.TimesheetFilter{State: "submitted"}, web.Page{Limit: 50})
	if err != nil {
		return err
	}
	for i, sheet := range waiting.Items {
		if i%2 == 1 {
			continue
		}
		if _, err := d.Billing.Approve(finance, sheet.ID); err != nil {
			return err
		}
	}
	if len(disputes.Items) == 0 {
		if err := d.argue(ctx); err != nil {
			return err
		}
	}
	_, err = d.Billing.ApproveDue(ctx)
	return err
}

// argue has finance dispute six minutes of one timesheet that waits, where no dispute is open, and the agent answer.
func (d *demo) argue(ctx context.Context) error {
	finance := d.as(ctx, demoFinance)
	waiting, err := d.Billing.Timesheets(finance, billing.TimesheetFilter{State: "submitted"}, web.Page{Limit: 20})
	if err != nil {
		return err
	}
	open, err := d.Billing.Disputes(finance, "open", web.Page{Limit: 1})
	if err != nil || len(open.Items) > 0 {
		return err
	}
	at := slices.IndexFunc(waiting.Items, func(t billing.Timesheet) bool {
		return t.Minutes > 60 && t.Disputed == 0 && slices.Contains(d.troupe(), t.AgentID)
	})
	if at < 0 {
		return nil
	}
	sheet := waiting.Items[at]
	dispute, err := d.Billing.Dispute(finance, sheet.ID, 6, "有 6 分钟不在线，两个会话没人接")
	if err != nil {
		return err
	}
	_, err = d.Billing.Answer(d.asAgent(ctx, sheet.AgentID), dispute.ID, "家里断网，重启路由器后马上回来了")
	return err
}

// readNotices leaves everybody the last few notices unread.
func (d *demo) readNotices(ctx context.Context) error {
	const unread = 3
	for _, email := range []string{demoOwner, demoBooker, demoFinance, demoAgent, demoAfterSales, demoOperator} {
		if err := d.Notice.ReadBut(d.as(ctx, email), unread); err != nil {
			return err
		}
	}
	return nil
}
