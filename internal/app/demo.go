package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/api/account"
	"peakseat/certification"
	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// DemoPassword is the one that all demo accounts share.
const DemoPassword = "peakseat-demo"

// DemoAccount is somebody whom a visitor can sign in as.
type DemoAccount struct {
	Role    auth.Role `json:"role"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	AboutZH string    `json:"about_zh"` // what there is to see as them
	AboutEN string    `json:"about_en"`
}

// The people of the demo marketplace; web/plain.html names some of them too.
const (
	demoOwner, demoBooker, demoFinance      = "owner@demo.peakseat.test", "booker@demo.peakseat.test", "finance@demo.peakseat.test"
	demoAgent, demoNewcomer, demoAfterSales = "agent@demo.peakseat.test", "agent2@demo.peakseat.test", "agent3@demo.peakseat.test"
	demoTrainer, demoOperator               = "trainer@demo.peakseat.test", "operator@demo.peakseat.test"
	demoMerchant, demoShop                  = "云杉服饰", "云杉女装旗舰店"
)

func demoAccounts() []DemoAccount {
	return []DemoAccount{
		{auth.Owner, "林晚", demoOwner, "商家主账号：店铺、预订、钱包", "Owner of a merchant: shops, bookings, wallet"},
		{auth.Booker, "周青", demoBooker, "商家订席员：坐席测算、预订", "Booker of a merchant: seat plans, bookings"},
		{auth.Finance, "许诺", demoFinance, "商家财务：钱包、工时单", "Finance of a merchant: wallet, timesheets"},
		{auth.Agent, "陈静", demoAgent, "云客服：售前 3 级，大厅和派单都有班次", "Agent, pre-sale level 3: open shifts and offers"},
		{auth.Agent, "阿依古丽", demoNewcomer, "云客服：售前 1 级，差一级，看看资格说明", "Agent, pre-sale level 1: one level short, sees why"},
		{auth.Agent, "王磊", demoAfterSales, "云客服：售后，每天最多 4 小时，不接语音", "Agent, after-sale: at most 4 hours a day, no voice"},
		{auth.Trainer, "方老师", demoTrainer, "培训师：课程、题库、试卷、证书", "Trainer: courses, banks, papers, credentials"},
		{auth.Operator, "平台运营", demoOperator, "平台运营：活动、价目、标签、审计", "Operator: campaigns, prices, tags, audit"},
	}
}

// EnsureDemo makes the demo marketplace where the database has no account yet, goes on where an earlier start was
// interrupted, and leaves a whole one alone; created tells whether it made something. Call it before Run. Beside real accounts it
// makes none, since their password is known to everybody, and returns no accounts.
func (a *App) EnsureDemo(ctx context.Context) (accounts []DemoAccount, created bool, err error) {
	d := demo{App: a, people: map[string]auth.Actor{}}
	if accounts, err = d.find(ctx); err != nil {
		return nil, false, err
	}
	switch len(accounts) {
	case 0:
		inUse, err := a.Account.HasRealAccounts(ctx)
		if err != nil || inUse {
			return nil, false, err
		}
		if err := d.beginPast(ctx); err != nil {
			return nil, false, err
		}
		if err := d.makePeople(ctx); err != nil {
			return nil, false, fmt.Errorf("make the demo's people: %w", err)
		}
	case len(demoAccounts()):
	default: // somebody erased one of them: it is theirs now
		return accounts, false, nil
	}
	if err := d.withClaims(ctx, d.make); err != nil {
		return nil, false, fmt.Errorf("make the demo: %w", err)
	}
	a.demo = &d
	return demoAccounts(), d.acted, nil
}

// make makes what is not there yet, and lives through the time up to now.
func (d *demo) make(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		d.tagAgents, d.identify, d.openShop, d.examine, d.teach, d.certify, d.write, d.sit, d.catchUp, d.openCampaign, d.book, d.openPackShop, d.claim, d.liven, d.discipline,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if d.acted {
		return d.deliver(ctx)
	}
	return nil
}

// demo is one run of EnsureDemo.
type demo struct {
	*App
	people   map[string]auth.Actor // by e-mail
	shop     uuid.UUID
	campaign uuid.UUID
	acted    bool

	claims    *matcher.Service // answers claims before Run does
	delivered int64            // the last fact of the queue that deliver has handed on
}

func (d *demo) as(ctx context.Context, email string) context.Context {
	return auth.WithActor(ctx, d.people[email])
}

// find lists the demo's people who are there; they come all at once.
func (d *demo) find(ctx context.Context) (found []DemoAccount, err error) {
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		found = nil
		for _, p := range demoAccounts() {
			id, err := d.Account.Find(tx, p.Email)
			if err != nil {
				return err
			}
			if id != uuid.Nil {
				found = append(found, p)
				d.people[p.Email] = auth.Actor{AccountID: id, Role: p.Role, SessionID: newID()}
			}
		}
		for n := range troupeNames() {
			id, err := d.Account.Find(tx, troupeEmail(n))
			if err != nil {
				return err
			}
			if id != uuid.Nil {
				d.people[troupeEmail(n)] = auth.Actor{AccountID: id, Role: auth.Agent, SessionID: newID()}
			}
		}
		return d.findOrganisations(tx)
	})
	return found, err
}

// findOrganisations tells for whom the staff act.
func (d *demo) findOrganisations(tx *postgres.Tx) error {
	for email, actor := range d.people {
		if actor.IsAgent() {
			continue
		}
		var organisations []uuid.UUID
		if err := tx.Raw(`select organisation_id from account.membership where account_id = ?`, actor.AccountID).Scan(&organisations).Error; err != nil {
			return err
		}
		if len(organisations) > 0 { // a colleague may have been removed since
			actor.OrganisationID = organisations[0]
			d.people[email] = actor
		}
	}
	return nil
}

func (d *demo) makePeople(ctx context.Context) error {
	d.acted = true
	merchant := account.Organisation{ID: newID(), Name: demoMerchant}
	var seeds []account.SeedAccount
	for _, p := range demoAccounts() {
		seed := account.SeedAccount{ID: newID(), Email: p.Email, Name: p.Name, Role: p.Role}
		if p.Role.IsMerchant() {
			seed.Organisation = merchant
		}
		seeds = append(seeds, seed)
	}
	for n, name := range troupeNames() {
		seeds = append(seeds, account.SeedAccount{ID: newID(), Email: troupeEmail(n), Name: name, Role: auth.Agent})
	}
	return postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		if err := d.Account.SeedAccounts(tx, DemoPassword, seeds); err != nil {
			return err
		}
		for _, s := range seeds {
			d.people[s.Email] = auth.Actor{AccountID: s.ID, Role: s.Role, SessionID: newID()}
		}
		return d.findOrganisations(tx)
	})
}

// tagAgents gives the agents their tags and limits, and has the matcher learn of it.
func (d *demo) tagAgents(ctx context.Context) error {
	expires, err := d.dayFromNow(ctx, 365)
	if err != nil {
		return err
	}
	for email, tags := range map[string]map[string]int{
		demoAgent:      {"channel/chat": 3, "function/presale": 3, "industry/apparel": 3, "language/mandarin": 5},
		demoNewcomer:   {"channel/chat": 2, "function/presale": 1, "industry/apparel": 1, "language/mandarin": 4},
		demoAfterSales: {"channel/chat": 3, "function/aftersale": 2, "function/refund": 2, "industry/apparel": 2, "language/mandarin": 5},
	} {
		held, err := d.holdsTags(ctx, email)
		if err != nil {
			return err
		}
		if held {
			continue
		}
		d.acted = true
		var list []certification.HeldTag
		for tag, level := range tags {
			list = append(list, certification.HeldTag{Tag: tag, Level: level, ExpiresAt: expires, Evidence: "演示 demo"})
		}
		slices.SortFunc(list, func(a, b certification.HeldTag) int { return strings.Compare(a.Tag, b.Tag) })
		if _, err := d.Certification.SetTags(d.as(ctx, demoOperator), d.people[email].AccountID, list); err != nil {
			return err
		}
	}
	if err := d.tagTroupe(ctx, expires); err != nil {
		return err
	}
	if d.acted {
		if err := d.deliver(ctx); err != nil {
			return err
		}
	}
	profile, err := d.Matcher.Profile(d.as(ctx, demoAfterSales))
	if err != nil || len(profile.Needs) > 0 {
		return err
	}
	d.acted = true
	profile.MaxDayMinutes, profile.LongestShiftMinutes, profile.Needs = 4*60, 4*60, []string{"no_voice"}
	_, err = d.Matcher.SetProfile(d.as(ctx, demoAfterSales), *profile)
	return err
}

func (d *demo) holdsTags(ctx context.Context, email string) (held bool, err error) {
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select exists (select from certification.holder where agent_id = ?)`, d.people[email].AccountID).Scan(&held).Error
	})
	return held, err
}

// tagTroupe gives the made-up agents what the demo's bookings ask for, and a little more to some.
func (d *demo) tagTroupe(ctx context.Context, expires time.Time) error {
	agents := d.troupe()
	if len(agents) == 0 {
		return nil
	}
	held, err := d.holdsTags(ctx, troupeEmail(0))
	if err != nil || held {
		return err
	}
	d.acted = true
	var all []certification.HeldTags
	for n, agent := range agents {
		h := certification.HeldTags{AgentID: agent}
		for _, t := range []certification.HeldTag{
			{Tag: "channel/chat", Level: 2 + n%3},
			{Tag: "function/aftersale", Level: 1 + n%3},
			{Tag: "function/presale", Level: 2 + n%2},
			{Tag: "industry/apparel", Level: 1 + n%4},
			{Tag: "language/mandarin", Level: 5},
		} {
			t.ExpiresAt, t.Evidence = expires, "演示 demo"
			h.Tags = append(h.Tags, t)
		}
		all = append(all, h)
	}
	return postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		return d.Certification.SeedTags(tx, d.people[demoOperator].AccountID, all)
	})
}

// openShop opens the merchant's shop.
func (d *demo) openShop(ctx context.Context) error {
	shops, err := d.Matcher.Shops(d.as(ctx, demoOwner), uuid.Nil, 1)
	if err != nil {
		return err
	}
	if len(shops) == 0 {
		d.acted = true
		shop, err := d.Matcher.CreateShop(d.as(ctx, demoOwner), matcher.ShopRequest{Name: demoShop, Industry: "apparel", Channels: []string{"chat"}, TimeZone: seedZone})
		if err != nil {
			return err
		}
		shops = append(shops, *shop)
	}
	d.shop = shops[0].ID
	return nil
}

// openCampaign opens the next campaign.
func (d *demo) openCampaign(ctx context.Context) error {
	campaigns, err := d.Matcher.Campaigns(d.as(ctx, demoOperator))
	if err != nil {
		return err
	}
	if len(campaigns) == 0 {
		d.acted = true
		request, err := d.nextPeak(ctx)
		if err != nil {
			return err
		}
		campaign, err := d.Matcher.CreateCampaign(d.as(ctx, demoOperator), request)
		if err != nil {
			return err
		}
		campaigns = append(campaigns, *campaign)
	}
	d.campaign = campaigns[0].ID
	return nil
}

// nextPeak is the next of the year's three great sales that is at least ten days away.
func (d *demo) nextPeak(ctx context.Context) (matcher.CampaignRequest, error) {
	soon, err := d.dayFromNow(ctx, 10)
	if err != nil {
		return matcher.CampaignRequest{}, err
	}
	for year := soon.Year(); ; year++ {
		for _, peak := range []struct {
			name  string
			month time.Month
			day   int
		}{{"618", time.June, 18}, {"双11", time.November, 11}, {"双12", time.December, 12}} {
			day := matcher.Date{Year: year, Month: peak.month, Day: peak.day}
			if matcher.DateOf(soon).Before(day) {
				return matcher.CampaignRequest{Name: fmt.Sprintf("%s %d", peak.name, year), StartsOn: day.Add(-1), EndsOn: day.Add(1), Multiplier: 15_000}, nil
			}
		}
	}
}

// The titles of the demo's bookings, by which a later start knows them.
const (
	titleDraft     = "大促售前夜班（草稿）"
	titlePresale   = "直播间售前"
	titleAftersale = "售后值班"
	titleCancelled = "周末加班（已取消）"
)

// book makes a draft, two confirmed bookings and a cancelled one.
func (d *demo) book(ctx context.Context) error {
	now, err := d.dayFromNow(ctx, 0)
	if err != nil {
		return err
	}
	today := matcher.DateOf(now)
	campaigns, err := d.Matcher.Campaigns(d.as(ctx, demoOperator))
	if err != nil {
		return err
	}
	peak := campaigns[slices.IndexFunc(campaigns, func(c matcher.Campaign) bool { return c.ID == d.campaign })]
	presale := []matcher.Requirement{{Tag: "channel/chat", Level: 1}, {Tag: "function/presale", Level: 2}, {Tag: "industry/apparel", Level: 1}}
	aftersale := []matcher.Requirement{{Tag: "channel/chat", Level: 1}, {Tag: "function/aftersale", Level: 1}}
	for _, b := range []struct {
		state   string
		request matcher.BookingRequest
	}{
		{"draft", matcher.BookingRequest{
			Title: titleDraft, CampaignID: &d.campaign, StartsOn: peak.StartsOn, EndsOn: peak.EndsOn, Requirements: presale,
			Windows: []matcher.Window{{Start: "10:00", End: "18:00", Seats: 4}, {Start: "18:00", End: "02:00", Seats: 8}},
		}},
		{"confirmed", matcher.BookingRequest{
			Title: titlePresale, StartsOn: today.Add(2), EndsOn: today.Add(8), Requirements: presale,
			Windows:  []matcher.Window{{Start: "10:00", End: "14:00", Seats: 2}, {Start: "19:00", End: "23:00", Seats: 3}},
			CoreTeam: []uuid.UUID{d.people[demoAgent].AccountID},
		}},
		{"confirmed", matcher.BookingRequest{
			Title: titleAftersale, StartsOn: today.Add(3), EndsOn: today.Add(5), Requirements: aftersale,
			Windows: []matcher.Window{{Start: "09:00", End: "13:00", Seats: 2}},
		}},
		{"cancelled", matcher.BookingRequest{
			Title: titleCancelled, StartsOn: today.Add(6), EndsOn: today.Add(6), Requirements: aftersale,
			Windows: []matcher.Window{{Start: "14:00", End: "18:00", Seats: 1}},
		}},
	} {
		b.request.ShopID = d.shop
		if err := d.ensureBooking(ctx, now, b.request, b.state); err != nil {
			return fmt.Errorf("%s: %w", b.request.Title, err)
		}
	}
	return nil
}

// ensureBooking brings one booking from wherever it is to a state.
func (d *demo) ensureBooking(ctx context.Context, now time.Time, request matcher.BookingRequest, state string) error {
	owner := d.as(ctx, demoOwner)
	booking, err := d.bookingCalled(ctx, request.Title)
	if err != nil {
		return err
	}
	if booking == nil {
		d.acted = true
		if booking, err = d.Matcher.CreateBooking(owner, request); err != nil {
			return err
		}
	}
	shifts, err := d.Matcher.BookingShifts(owner, booking.ID)
	if err != nil || len(shifts) == 0 || !shifts[0].StartsAt.After(now) {
		return err // it was drafted so long ago that its time has come
	}
	if booking.State == "draft" && state != "draft" {
		d.acted = true
		quote, err := d.Billing.Quote(owner, booking.ID, 1)
		if err != nil {
			return err
		}
		if err := d.fund(ctx, quote.Total.Amount); err != nil {
			return err
		}
		if booking, err = d.Matcher.ConfirmBooking(owner, booking.ID, quote.ID); err != nil {
			return err
		}
	}
	if booking.State == "confirmed" && state == "cancelled" {
		d.acted = true
		_, err = d.Matcher.CancelSeats(owner, booking.ID, matcher.CancellationRequest{})
	}
	return err
}

func (d *demo) bookingCalled(ctx context.Context, title string) (*matcher.Booking, error) {
	bookings, err := d.Matcher.Bookings(d.as(ctx, demoOwner), matcher.BookingsWanted{Limit: 200})
	if err != nil {
		return nil, err
	}
	for i := range bookings {
		if bookings[i].Title == title {
			return &bookings[i], nil
		}
	}
	return nil, nil //nolint:nilnil // there may be none
}

// fund tops the wallet up to what is needed and something to play with.
func (d *demo) fund(ctx context.Context, needed int64) error {
	wallet, err := d.Billing.Wallet(d.as(ctx, demoOwner))
	if err != nil || wallet.Available.Amount >= needed {
		return err
	}
	const something = 5_000_000 // fen
	topUp, err := d.Billing.TopUp(d.as(ctx, demoOwner), needed-wallet.Available.Amount+something)
	if err != nil || topUp.State == "settled" {
		return err
	}
	_, err = d.Billing.SettleTopUp(d.as(ctx, demoOperator), topUp.ID)
	return err
}

// claim has agents take some seats, where they hold none yet.
func (d *demo) claim(ctx context.Context) error {
	return errors.Join(
		d.claimOf(ctx, demoAgent, titlePresale, 2),
		d.claimOf(ctx, demoAfterSales, titleAftersale, 2))
}

// claimOf has the agent take a seat in every other shift of a booking, so many times.
func (d *demo) claimOf(ctx context.Context, agent, title string, times int) error {
	held, err := d.Matcher.Assignments(d.as(ctx, agent), "held", nil, 1)
	if err != nil || len(held) > 0 {
		return err
	}
	booking, err := d.bookingCalled(ctx, title)
	if err != nil || booking == nil {
		return err
	}
	shifts, err := d.Matcher.BookingShifts(d.as(ctx, demoOwner), booking.ID)
	if err != nil {
		return err
	}
	for i := 0; i < len(shifts) && times > 0; i += 2 {
		_, err := d.claims.ClaimSeat(d.as(ctx, agent), shifts[i].ID)
		if _, refused := fault.As(err); refused {
			continue // a start that was interrupted for days, say
		}
		if err != nil {
			return err
		}
		d.acted = true
		times--
	}
	return nil
}

// dayFromNow is the rules' clock, days later, where the shop is.
func (d *demo) dayFromNow(ctx context.Context, days int) (at time.Time, err error) {
	zone, err := time.LoadLocation(seedZone)
	if err != nil {
		return at, err
	}
	err = postgres.InTx(ctx, d.Pools.System, func(tx *postgres.Tx) error {
		at = tx.Now.In(zone).AddDate(0, 0, days)
		return nil
	})
	return at, err
}
