package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/api/account"
	"peakseat/billing"
	"peakseat/certification"
	"peakseat/internal/audit"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/postgres"
	"peakseat/matcher"
)

// ErrRealAccounts says that the database holds people whom no seed made.
var ErrRealAccounts = errors.New("this database holds real accounts, and made-up ones beside them could be taken for people: seed an empty database, such as --data-dir of a new directory")

// SeedPassword is the one that all seeded accounts share.
const SeedPassword = "peakseat-seed"

// SeedOptions say how large a marketplace is wanted.
type SeedOptions struct {
	Agents           int
	Seats            int
	Merchants        int  // 0: one for each booking, at most 8
	EveryoneEligible bool // every agent may take every seat
}

// SeededToken is one line of what Seed gives: somebody, and the access token as whom to act for 12 hours.
type SeededToken struct {
	Role       auth.Role `json:"role"`
	AccountID  uuid.UUID `json:"account_id"`
	AgentID    uuid.UUID `json:"agent_id,omitzero"`
	MerchantID uuid.UUID `json:"merchant_id,omitzero"`
	Token      string    `json:"token"`
}

// Seeded is what Seed made.
type Seeded struct {
	Tokens   []SeededToken
	Agents   int
	Shifts   int
	Seats    int
	Bookings int
	From, To time.Time // the first start and the last end
}

// The seeded calendar. A slot is three hours, around the clock; in each lie four shifts of two hours, a quarter of an
// hour apart, so that any two of them overlap, and a quarter of an hour lies between a slot's last shift and the
// next slot's first. Each of the four belongs to a lane, whose shifts never overlap: one booking a day.
const (
	lanes        = 4
	seatsInShift = 10
	slotMinutes  = 180
	shiftMinutes = 120
	laneMinutes  = 15
	slotsInDay   = 24 * 60 / slotMinutes
	seedZone     = "Asia/Shanghai"

	// The first slot lies so far ahead that no start passes while the tokens are good, whatever the rules' clock does
	// in a storm; the scheduler leaves seeded bookings alone.
	seedDaysAhead = 2
	// What does not fit into so many days shares their slots.
	seedDaysMost = 14
)

// lane is one booking to be: windows of one lane on one day.
type lane struct {
	number, day int
	windows     []matcher.Window
	seats       int
}

// calendar lays the seats out: shifts of ten, dealt to the lanes of one slot after the other.
func calendar(seats int) []lane {
	var list []lane
	at := map[[2]int]int{}
	for i := range (seats + seatsInShift - 1) / seatsInShift {
		slot, number := i/lanes, i%lanes
		key := [2]int{slot / slotsInDay, number}
		place, known := at[key]
		if !known {
			place = len(list)
			at[key] = place
			list = append(list, lane{number: number, day: key[0] % seedDaysMost})
		}
		start := slot%slotsInDay*slotMinutes + number*laneMinutes
		size := min(seatsInShift, seats-i*seatsInShift)
		list[place].windows = append(list[place].windows, matcher.Window{Start: timeOfDay(start), End: timeOfDay(start + shiftMinutes), Seats: size})
		list[place].seats += size
	}
	return list
}

func timeOfDay(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// Seed fills a development database with a marketplace of made-up people, beside what an earlier one made, and gives a
// token for each of them. The bookings go through the use cases, paid and confirmed; of the agents the matcher already knows
// everything. say tells how far it is. It returns ErrRealAccounts where somebody registered or was invited.
func (a *App) Seed(ctx context.Context, o SeedOptions, say func(format string, args ...any)) (*Seeded, error) {
	if o.Agents < 1 || o.Seats < 1 || o.Merchants < 0 {
		return nil, fmt.Errorf("a marketplace needs at least one agent and one seat, not %d and %d", o.Agents, o.Seats)
	}
	inUse, err := a.Account.HasRealAccounts(ctx)
	if err != nil {
		return nil, err
	}
	if inUse {
		return nil, ErrRealAccounts
	}
	s := seeding{
		App: a, SeedOptions: o, say: say, lanes: calendar(o.Seats), run: uuid.Must(uuid.NewV7()).String()[24:],
		random: rand.New(rand.NewPCG(1, uint64(o.Agents))), //nolint:gosec // the same marketplace each time
	}
	if s.Merchants == 0 {
		s.Merchants = min(8, len(s.lanes))
	}
	// top-ups of a seed settle at once
	s.billing = billing.New(billing.Deps{App: a.Pools.App, System: a.Pools.System, Bookings: bookings{a}, Platform: account.PlatformID(), InstantGateway: true})
	for _, step := range []func(context.Context) error{s.makePeople, s.makeBookings, s.makeAgents} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
	}
	return &s.made, nil
}

// seeding is one run of Seed.
type seeding struct {
	*App
	SeedOptions
	say     func(format string, args ...any)
	billing *billing.Service
	lanes   []lane
	run     string // makes e-mail addresses unlike those of other runs
	random  *rand.Rand

	begun             time.Time
	owners            []auth.Actor
	agents            []uuid.UUID
	trainer, operator uuid.UUID
	needs             [][]matcher.Requirement // by lane
	made              Seeded
}

func (s *seeding) email(who string, n int) string {
	return fmt.Sprintf("%s-%s-%06d@seed.peakseat.test", who, s.run, n)
}

// makePeople makes everybody's account: a trainer, an operator, the merchants' owners and the agents. They share one hash.
func (s *seeding) makePeople(ctx context.Context) error {
	s.begun = clock.Now()
	s.trainer, s.operator = newID(), newID()
	people := []account.SeedAccount{
		{ID: s.trainer, Email: s.email("trainer", 1), Name: personName(s.random), Role: auth.Trainer},
		{ID: s.operator, Email: s.email("operator", 1), Name: personName(s.random), Role: auth.Operator},
	}
	for i := range s.Merchants {
		owner := auth.Actor{AccountID: newID(), Role: auth.Owner, OrganisationID: newID(), SessionID: newID()}
		s.owners = append(s.owners, owner)
		people = append(people, account.SeedAccount{
			ID: owner.AccountID, Email: s.email("owner", i+1), Name: personName(s.random), Role: auth.Owner,
			Organisation: account.Organisation{ID: owner.OrganisationID, Name: fmt.Sprintf("%s商贸 %d", shopNames()[i%len(shopNames())], i+1)},
		})
	}
	for i := range s.Agents {
		s.agents = append(s.agents, registeredAt(s.begun.Add(-time.Duration(i)*registrationEvery)))
		name := personName(s.random)
		if i%50 == 49 {
			name = longNames()[i/50%2]
		}
		people = append(people, account.SeedAccount{ID: s.agents[i], Email: s.email("agent", i+1), Name: name, Role: auth.Agent})
	}
	err := postgres.InTx(ctx, s.Pools.System, func(tx *postgres.Tx) error {
		if err := s.Account.SeedAccounts(tx, SeedPassword, people); err != nil {
			return err
		}
		if err := s.markKnown(tx, fact.AccountRegistered{}.Type()); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "marketplace.seeded", Subject: s.run, Detail: s.SeedOptions})
	})
	if err != nil {
		return err
	}
	s.say("%d accounts", len(people))
	return nil
}

// makeBookings drafts, quotes, pays and confirms one booking for each lane.
func (s *seeding) makeBookings(ctx context.Context) error {
	type draft struct{ booking, quote uuid.UUID }
	drafts := make([][]draft, len(s.owners))
	var bookings []uuid.UUID
	totals := make([]int64, len(s.owners))
	shops := make([]matcher.Shop, len(s.owners))
	today, err := s.today(ctx)
	if err != nil {
		return err
	}
	for i, l := range s.lanes {
		m := i % len(s.owners)
		as := auth.WithActor(ctx, s.owners[m])
		if shops[m].ID == uuid.Nil {
			industry := industries()[m%len(industries())]
			shop, err := s.Matcher.CreateShop(as, matcher.ShopRequest{
				Name: shopNames()[m%len(shopNames())] + "旗舰店", Industry: industry, Channels: []string{"chat"}, TimeZone: seedZone,
			})
			if err != nil {
				return err
			}
			shops[m] = *shop
		}
		date := today.Add(seedDaysAhead + l.day)
		request := matcher.BookingRequest{
			ShopID: shops[m].ID, Title: fmt.Sprintf("%s 第 %d 线", date, l.number+1), StartsOn: date, EndsOn: date,
			Windows: l.windows, Requirements: s.requirements(i, shops[m].Industry),
		}
		s.needs = append(s.needs, request.Requirements)
		booking, err := s.Matcher.CreateBooking(as, request)
		if err != nil {
			return err
		}
		quote, err := s.billing.Quote(as, booking.ID, 1)
		if err != nil {
			return err
		}
		bookings = append(bookings, booking.ID)
		drafts[m], totals[m] = append(drafts[m], draft{booking.ID, quote.ID}), totals[m]+quote.Total.Amount
		s.noteShifts(quote.Lines)
	}
	if err := postgres.InTx(ctx, s.Pools.System, func(tx *postgres.Tx) error { return s.Matcher.MarkSeeded(tx, bookings) }); err != nil {
		return err
	}
	for m, owner := range s.owners {
		as := auth.WithActor(ctx, owner)
		if totals[m] == 0 {
			continue
		}
		if _, err := s.billing.TopUp(as, totals[m]); err != nil {
			return err
		}
		for _, d := range drafts[m] {
			if _, err := s.Matcher.ConfirmBooking(as, d.booking, d.quote); err != nil {
				return err
			}
			s.made.Bookings++
		}
	}
	s.say("%d seats in %d shifts of %d bookings by %d merchants, paid for and open", s.made.Seats, s.made.Shifts, s.made.Bookings, len(s.owners))
	return nil
}

func (s *seeding) noteShifts(lines []billing.QuoteLine) {
	for _, l := range lines {
		s.made.Shifts++
		s.made.Seats += l.Seats
		if s.made.From.IsZero() || l.StartsAt.Before(s.made.From) {
			s.made.From = l.StartsAt
		}
		if l.EndsAt.After(s.made.To) {
			s.made.To = l.EndsAt
		}
	}
}

// today is the rules' date where the shops are.
func (s *seeding) today(ctx context.Context) (today matcher.Date, err error) {
	zone, err := time.LoadLocation(seedZone)
	if err != nil {
		return today, err
	}
	err = postgres.InTx(ctx, s.Pools.System, func(tx *postgres.Tx) error {
		today = matcher.DateOf(tx.Now.In(zone))
		return nil
	})
	return today, err
}

// requirements of a lane's booking. Where everyone is to be eligible they are the same two for all.
func (s *seeding) requirements(n int, industry string) []matcher.Requirement {
	if s.EveryoneEligible {
		return []matcher.Requirement{{Tag: "channel/chat", Level: 1}, {Tag: "function/presale", Level: 1}}
	}
	function := []string{"function/presale", "function/aftersale", "function/presale", "function/logistics"}[n%4]
	list := []matcher.Requirement{{Tag: "channel/chat", Level: 1}, {Tag: function, Level: 1 + s.longTail(3)}, {Tag: "industry/" + industry, Level: 1 + s.longTail(2)}}
	if s.random.IntN(8) == 0 {
		list = append(list, matcher.Requirement{Tag: "language/cantonese", Level: 1})
	}
	return list
}

// longTail is 0 in half of all cases, 1 in a quarter and so on, below most.
func (s *seeding) longTail(most int) (n int) {
	for n < most-1 && s.random.IntN(2) == 0 {
		n++
	}
	return n
}

// makeAgents gives the agents their tags, tells them to the matcher, and signs everybody's token.
func (s *seeding) makeAgents(ctx context.Context) error {
	known, held := make([]matcher.SeedAgent, s.Agents), make([]certification.HeldTags, s.Agents)
	expires := s.made.To.AddDate(1, 0, 0)
	for i, id := range s.agents {
		known[i], held[i] = s.agent(i, id, expires)
	}
	return postgres.InTx(ctx, s.Pools.System, func(tx *postgres.Tx) error {
		if err := s.Certification.SeedTags(tx, s.operator, held); err != nil {
			return err
		}
		if err := s.Matcher.SeedAgents(tx, known); err != nil {
			return err
		}
		s.say("%d agents with their tags and limits", len(known))
		if err := s.markKnown(tx, fact.TagsChanged{}.Type()); err != nil {
			return err
		}
		s.made.Agents = len(known)
		return s.mintTokens(tx)
	})
}

// agent makes up what one agent can do. Each has a home booking, whose requirements they meet, and further tags in a
// long tail, so that most agents may take few of the seats and some take many.
func (s *seeding) agent(i int, id uuid.UUID, expires time.Time) (matcher.SeedAgent, certification.HeldTags) {
	levels := map[string]int{}
	raise := func(tag string, level int) { levels[tag] = max(levels[tag], level) }
	known := matcher.SeedAgent{ID: id}
	home := i % len(s.lanes) // the first half of the agents are spread evenly, so that no seat is without any
	if i >= s.Agents/2 {
		home = int(float64(len(s.lanes)) * s.random.Float64() * s.random.Float64() * s.random.Float64())
	}
	for _, r := range s.needs[home] {
		raise(r.Tag, r.Level)
	}
	if !s.EveryoneEligible {
		raise("channel/chat", 1+s.longTail(4))
		for range s.longTail(5) {
			raise([]string{"function/presale", "function/aftersale", "function/logistics", "function/refund", "language/cantonese", "channel/voice"}[s.longTail(6)], 1+s.longTail(5))
		}
		for range s.longTail(len(industries())) {
			raise("industry/"+industries()[s.longTail(len(industries()))], 1+s.longTail(4))
		}
		// half may work at any time; the hours of the others hold some slots of every day
		if len(s.lanes[home].windows) == slotsInDay {
			known.Weekly = weeklyPattern(s.random.IntN(8))
		}
		if s.random.IntN(10) == 0 {
			known.MaxWeekMinutes = 60 * (10 + s.random.IntN(30))
		}
		if s.random.IntN(20) == 0 {
			known.Needs = []string{"no_voice"}
		}
	}
	held := certification.HeldTags{AgentID: id}
	names := make([]string, 0, len(levels))
	for name := range levels {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		held.Tags = append(held.Tags, certification.HeldTag{Tag: name, Level: levels[name], ExpiresAt: expires, Evidence: "seeded"})
		known.Tags = append(known.Tags, matcher.KnownTag{Tag: name, Level: levels[name], ExpiresAt: expires})
	}
	return known, held
}

// weeklyPattern is every day's hours: any time, days, evenings or nights.
func weeklyPattern(kind int) []matcher.WeeklyWindow {
	hours := map[int][2]string{4: {"08:00", "18:00"}, 5: {"08:00", "22:00"}, 6: {"17:00", "00:00"}, 7: {"20:00", "09:00"}}
	window, some := hours[kind]
	if !some {
		return nil
	}
	var week []matcher.WeeklyWindow
	for day := 1; day <= 7; day++ {
		week = append(week, matcher.WeeklyWindow{Weekday: day, Start: window[0], End: window[1]})
	}
	return week
}

// markKnown notes in the matcher's inbox that it knows what facts of a type say of the agents, in the transaction that
// tells them: a storm need not wait until they have gone round, and a running program never meets them.
func (s *seeding) markKnown(tx *postgres.Tx, factType string) error {
	return tx.Pgx(func(conn *pgx.Conn) error {
		_, err := conn.Exec(tx.Context(), `insert into platform.inbox (consumer, fact_id, handled_at)
			select $1, f.id, $2 from platform.fact f join unnest($5::uuid[]) a on a = f.aggregate
			where f.type = $3 and f.recorded_at >= $4 on conflict do nothing`,
			consumerOf(s.Matcher, factType), clock.Now(), factType, s.begun, s.agents)
		if err != nil {
			return fmt.Errorf("mark what the matcher knows: %w", err)
		}
		return nil
	})
}

func (s *seeding) mintTokens(tx *postgres.Tx) error {
	lines := []SeededToken{{Role: auth.Operator, AccountID: s.operator}, {Role: auth.Trainer, AccountID: s.trainer}}
	for _, owner := range s.owners {
		lines = append(lines, SeededToken{Role: auth.Owner, AccountID: owner.AccountID, MerchantID: owner.OrganisationID})
	}
	for _, id := range s.agents {
		lines = append(lines, SeededToken{Role: auth.Agent, AccountID: id, AgentID: id})
	}
	ids := make([]uuid.UUID, len(lines))
	for i, l := range lines {
		ids[i] = l.AccountID
	}
	tokens, err := s.Account.MintTokens(tx, ids, auth.SeedTokenTTL)
	if err != nil {
		return err
	}
	for i := range lines {
		lines[i].Token = tokens[lines[i].AccountID]
	}
	s.made.Tokens = lines
	s.say("%d tokens, good for %v", len(lines), auth.SeedTokenTTL)
	return nil
}

func industries() []string {
	return []string{"apparel", "beauty", "electronics", "food", "baby", "home", "sports", "gifts"}
}

func shopNames() []string {
	return []string{"云杉", "青禾", "拾光", "山海", "小满", "木棉", "晨曦", "知秋"}
}

func personName(random *rand.Rand) string {
	family := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗")
	given := []rune("静敏丽娟芳燕玲杰强磊洋勇军伟涛明慧雪梅琳晨宁颖佳欣怡悦然")
	name := []rune{family[random.IntN(len(family))], given[random.IntN(len(given))]}
	if random.IntN(2) == 0 {
		name = append(name, given[random.IntN(len(given))])
	}
	return string(name)
}

// longNames have forty characters: pages are looked at with these too.
func longNames() [2]string {
	return [2]string{"古丽巴哈尔·阿不都热依木·买买提尼亚孜·艾合买提江·图尔荪托合提·麦麦提吐逊江山", "Maximiliana Charlotte von Hohenstein-Ruß"}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// registrationEvery is how far apart seeded agents registered: as real ones, not all in one millisecond. Ids that
// share their leading bits make the exclusion constraints' indexes slow.
const registrationEvery = 20 * time.Minute

// registeredAt is an id as it would have been made at a time: its first 48 bits are milliseconds (RFC 9562).
func registeredAt(at time.Time) uuid.UUID {
	id := newID()
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i)) //nolint:gosec // the low byte is meant
	}
	return id
}
