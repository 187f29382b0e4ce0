package notice_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"peakseat/api/notice"
	"peakseat/internal/auth"
	"peakseat/internal/dbtest"
	"peakseat/internal/devstack"
	"peakseat/internal/fact"
	"peakseat/internal/natstest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// house is a database and a broker of the test's own, with the relay and the consumers running.
type house struct {
	*testing.T
	pools    dbtest.Pools
	broker   *devstack.NATS
	platform uuid.UUID
}

func setup(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, pools: dbtest.Open(t, notice.Module()), broker: natstest.Server(t), platform: uuid.New()}
	h.work()
	return h
}

// run runs part of the program until the test ends.
func (h *house) run(part func(context.Context) error) {
	h.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	var g errgroup.Group
	g.Go(func() error { return part(ctx) })
	h.Cleanup(func() {
		cancel()
		if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			h.Error(err)
		}
	})
}

// work runs a worker: relay and consumers, on a connection of its own.
func (h *house) work() {
	h.Helper()
	nc := natstest.Connect(h, h.broker)
	o := outbox.Options{Poll: 2 * time.Millisecond}
	relay, err := outbox.NewRelay(h.pools.System, nc, o)
	h.must(err)
	consumers, err := outbox.NewConsumers(h.pools.System, nc, o, notice.New(notice.Deps{Platform: h.platform}).Consumers()...)
	h.must(err)
	h.run(relay.Run)
	h.run(consumers.Run)
}

// replica is one API process: whoever asks it says who they are by the header As.
type replica struct {
	*house
	address string
	nc      *nats.Conn
}

func (h *house) replica() *replica {
	h.Helper()
	r := &replica{house: h, nc: natstest.Connect(h, h.broker)}
	service := notice.New(notice.Deps{App: h.pools.App, Platform: h.platform})
	h.run(func(ctx context.Context) error { return service.Watch(ctx, r.nc) })
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(func(c *gin.Context) {
		ctx := web.WithLanguage(c.Request.Context(), c.GetHeader("Accept-Language"))
		ctx = web.WithLastEventID(ctx, c.GetHeader("Last-Event-ID"))
		if as := c.GetHeader("As"); as != "" {
			ctx = auth.WithActor(ctx, readActor(as))
		}
		c.Request = c.Request.WithContext(ctx)
	})
	service.Routes(web.New(engine, "test", h.pools.App))
	server := httptest.NewServer(engine)
	h.Cleanup(server.Close)
	r.address = server.URL + "/api/v1"
	return r
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// tell makes facts true.
func (h *house) tell(facts ...fact.Fact) {
	h.Helper()
	h.must(postgres.InTx(h.Context(), h.pools.System, func(tx *postgres.Tx) error { return outbox.Append(tx, facts...) }))
}

func (h *house) count(query string, args ...any) (n int) {
	h.Helper()
	h.must(h.pools.System.Pool.QueryRow(h.Context(), query, args...).Scan(&n))
	return n
}

// until waits until so holds.
func (h *house) until(what string, so func() bool) {
	h.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-limit:
			h.Fatalf("waited half a minute until %s", what)
		}
	}
}

// written waits until there are n notices, and nothing is left to be told.
func (h *house) written(n int) {
	h.Helper()
	h.until("the notices are written", func() bool {
		return h.count(`select count(*) from notice.notice`) >= n && h.count(`select count(*) from platform.outbox`) == 0
	})
	if got := h.count(`select count(*) from notice.notice`); got != n {
		h.Fatalf("%d notices, want %d", got, n)
	}
}

// writeActor puts an actor into a header.
func writeActor(a auth.Actor) string {
	return strings.Join([]string{a.AccountID.String(), string(a.Role), a.OrganisationID.String(), a.SessionID.String()}, " ")
}

func readActor(header string) auth.Actor {
	parts := strings.Fields(header)
	return auth.Actor{
		AccountID: uuid.MustParse(parts[0]), Role: auth.Role(parts[1]), OrganisationID: uuid.MustParse(parts[2]), SessionID: uuid.MustParse(parts[3]),
	}
}

func newAgent() auth.Actor {
	return auth.Actor{AccountID: uuid.New(), Role: auth.Agent, SessionID: uuid.New()}
}

func staff(organisation uuid.UUID, role auth.Role) auth.Actor {
	return auth.Actor{AccountID: uuid.New(), Role: role, OrganisationID: organisation, SessionID: uuid.New()}
}

func (r *replica) ask(ctx context.Context, who auth.Actor, method, path, body string, headers ...string) *http.Response {
	r.Helper()
	request, err := http.NewRequestWithContext(ctx, method, r.address+path, strings.NewReader(body))
	r.must(err)
	request.Header.Set("As", writeActor(who))
	request.Header.Set("Accept-Language", "en")
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	r.must(err)
	return answer
}

func (r *replica) inbox(who auth.Actor, query string, headers ...string) (page notice.InboxPage) {
	r.Helper()
	answer := r.ask(r.Context(), who, http.MethodGet, "/notices"+query, "", headers...)
	defer answer.Body.Close() //nolint:errcheck // read whole
	if answer.StatusCode != http.StatusOK {
		r.Fatalf("GET /notices%s: %s", query, answer.Status)
	}
	r.must(json.NewDecoder(answer.Body).Decode(&page))
	return page
}

func (r *replica) post(who auth.Actor, path, body string, want int) {
	r.Helper()
	answer := r.ask(r.Context(), who, http.MethodPost, path, body)
	r.must(answer.Body.Close())
	if answer.StatusCode != want {
		r.Fatalf("POST %s: %s, want %d", path, answer.Status, want)
	}
}

func kinds(page notice.InboxPage) (list []string) {
	for _, n := range page.Items {
		list = append(list, string(n.Kind))
	}
	return list
}

// stream is an open stream of notices.
type stream struct {
	*replica
	lines *bufio.Scanner
	stop  context.CancelFunc
}

func (r *replica) stream(who auth.Actor, lastEventID string) *stream {
	r.Helper()
	ctx, stop := context.WithTimeout(r.Context(), time.Minute) // a notice that never comes fails the test
	r.Cleanup(stop)
	answer := r.ask(ctx, who, http.MethodGet, "/notices/stream", "", "Last-Event-ID", lastEventID)
	r.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		r.Fatalf("the stream answered %s %s", answer.Status, answer.Header.Get("Content-Type"))
	}
	s := &stream{replica: r, lines: bufio.NewScanner(answer.Body), stop: stop}
	if !s.lines.Scan() || s.lines.Text() != ": open" {
		r.Fatalf("the stream began with %q", s.lines.Text())
	}
	return s
}

// next is the next notice of the stream.
func (s *stream) next() (n notice.Notice) {
	s.Helper()
	id := ""
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			if value != "notice" {
				s.Fatalf("event %q", value)
			}
		case "data":
			s.must(json.Unmarshal([]byte(value), &n))
			if n.ID.String() != id {
				s.Fatalf("the event %s holds the notice %s", id, n.ID)
			}
			return n
		}
	}
	s.Fatalf("the stream ended: %v", s.lines.Err())
	return n
}

func TestEachFactTellsThoseItConcernsOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	agent, merchant := newAgent(), uuid.New()
	owner, booker, finance, viewer := staff(merchant, auth.Owner), staff(merchant, auth.Booker), staff(merchant, auth.Finance), staff(merchant, auth.Viewer)
	operator, trainer := staff(h.platform, auth.Operator), staff(h.platform, auth.Trainer)
	a, m, id := agent.AccountID.String(), merchant.String(), uuid.NewString
	until := time.Date(2026, 11, 11, 10, 0, 0, 0, time.UTC)
	facts := []fact.Fact{
		fact.OfferMade{OfferID: id(), ShiftID: id(), AgentID: a, ExpiresAt: until},
		fact.OfferEnded{OfferID: id(), ShiftID: id(), AgentID: a, State: "expired"},
		fact.OfferEnded{OfferID: id(), ShiftID: id(), AgentID: a, State: "withdrawn"},
		fact.OfferEnded{OfferID: id(), ShiftID: id(), AgentID: a, State: "accepted"},
		fact.OfferEnded{OfferID: id(), ShiftID: id(), AgentID: a, State: "refused"},
		fact.SeatReleased{AssignmentID: id(), ShiftID: id(), BookingID: id(), MerchantID: m, AgentID: a, By: "merchant"},
		fact.SeatReleased{AssignmentID: id(), ShiftID: id(), BookingID: id(), MerchantID: m, AgentID: a, By: "eligibility"},
		fact.SeatReleased{AssignmentID: id(), ShiftID: id(), BookingID: id(), MerchantID: m, AgentID: a, By: "agent"},
		fact.SeatReleased{AssignmentID: id(), ShiftID: id(), BookingID: id(), MerchantID: m, AgentID: a, By: "disablement"},
		fact.AgentMissing{AssignmentID: id(), ShiftID: id(), BookingID: id(), MerchantID: m, AgentID: a, Seat: 1},
		fact.SeatsCancelled{BookingID: id(), ShiftID: id(), MerchantID: m, Seats: 3},
		fact.PlanFinished{PlanID: id(), Seats: 10, Filled: 8, Offers: 9},
		fact.TimesheetSubmitted{TimesheetID: id(), AssignmentID: id(), MerchantID: m, AgentID: a, Minutes: 240},
		fact.TimesheetSettled{TimesheetID: id(), AssignmentID: id(), MerchantID: m, AgentID: a, Minutes: 240, Pay: 12345, Tax: 100, Commission: 2055, Currency: "CNY", By: "approval"},
		fact.TimesheetSettled{TimesheetID: id(), AssignmentID: id(), MerchantID: m, AgentID: a, Minutes: 60, Pay: 3000, Commission: 600, Currency: "CNY", By: "deadline"},
		fact.DisputeOpened{DisputeID: id(), TimesheetID: id(), MerchantID: m, AgentID: a, Kind: "dispute", Minutes: 30, RuleBy: until},
		fact.DisputeOpened{DisputeID: id(), TimesheetID: id(), MerchantID: m, AgentID: a, Kind: "objection", Minutes: 15, RuleBy: until},
		fact.DisputeRuled{DisputeID: id(), TimesheetID: id(), MerchantID: m, AgentID: a, Kind: "dispute", Minutes: 30, MinutesToAgent: 20, By: "ruling"},
		fact.WalletToppedUp{TopUpID: id(), MerchantID: m, Amount: 500000, Currency: "CNY"},
		fact.AttemptGraded{AttemptID: id(), AgentID: a, PaperID: id(), Code: "base", Version: 1, Seq: 1, Score: 7905},
		fact.AttemptGraded{AttemptID: id(), AgentID: a, PaperID: id(), Code: "base", Version: 1, Seq: 2, Score: 10000, Passed: true},
		fact.MembershipGranted{OrganisationID: m, AccountID: viewer.AccountID.String(), Role: "booker"},
		fact.MembershipGranted{OrganisationID: m, AccountID: viewer.AccountID.String(), Role: "viewer", Was: "booker"},
	}
	h.tell(facts...)
	const notices = 24
	h.written(notices)

	// the broker forgets what was acknowledged, the inbox what was done: all is told again to everybody
	if _, err := h.pools.System.Pool.Exec(t.Context(), `delete from platform.inbox`); err != nil {
		t.Fatal(err)
	}
	h.must(postgres.InTx(t.Context(), h.pools.System, func(tx *postgres.Tx) error {
		return tx.Exec(`insert into platform.outbox (fact_id, fact_recorded_at, consumer) select id, recorded_at, 'notice-write' from platform.fact order by position`).Error
	}))
	h.until("every fact is done again", func() bool {
		return h.count(`select count(*) from platform.inbox where consumer = 'notice-write'`) == len(facts)
	})
	h.written(notices)
	if got := h.count(`select count(*) from platform.fact where type = $1`, fact.NoticeWritten{}.Type()); got != notices {
		t.Errorf("%d notices were announced, want %d", got, notices)
	}

	r := h.replica()
	for _, tt := range []struct {
		who  string
		as   auth.Actor
		want []string // the newest first
	}{
		{"the agent", agent, []string{"dispute_ruled", "dispute_opened", "timesheet_settled", "timesheet_settled", "marked_missing", "seat_lost", "seat_cancelled", "offer_withdrawn", "offer_expired", "offer_made", "exam_failed", "exam_passed"}},
		{"the owner", owner, []string{"wallet_topped_up", "dispute_ruled", "dispute_opened", "timesheet_settled", "timesheet_submitted", "seats_cancelled", "agent_missing", "seat_released"}},
		{"finance", finance, []string{"wallet_topped_up", "dispute_ruled", "dispute_opened", "timesheet_settled", "timesheet_submitted", "seats_cancelled"}},
		{"the booker", booker, []string{"seats_cancelled", "agent_missing", "seat_released"}},
		{"the viewer", viewer, []string{"role_changed"}},
		{"the operator", operator, []string{"dispute_to_rule", "dispute_to_rule", "plan_finished"}},
		{"the trainer", trainer, nil},
		{"another agent", newAgent(), nil},
		{"another merchant", staff(uuid.New(), auth.Owner), nil},
	} {
		page := r.inbox(tt.as, "")
		// two contexts are followed side by side, so that only each one's order is kept
		if diff := cmp.Diff(counted(tt.want), counted(kinds(page))); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", tt.who, diff)
		}
		if page.Unread != len(tt.want) {
			t.Errorf("%s has %d unread, want %d", tt.who, page.Unread, len(tt.want))
		}
	}
	sentences := map[string]bool{}
	for _, n := range slices.Concat(r.inbox(agent, "").Items, r.inbox(owner, "").Items, r.inbox(viewer, "").Items) {
		sentences[n.Text] = true
	}
	for _, want := range []string{
		"You have an offer; answer it by Wed 11 Nov, 18:00 UTC+8.", "240 minutes were settled: pay ¥123.45, tax withheld ¥1.00.",
		"¥5,000.00 arrived in the wallet.", "A timesheet of 60 minutes approved itself; it cost ¥36.00.", "An agent gave a seat back; it is open again.", "A dispute was ruled: of 30 minutes, 20 go to the agent.",
		"Your exam was graded: 79.05%, not passed. See the review by topic.", "Your exam was graded: 100.00%, passed.",
		"Your role is now viewer.",
	} {
		if !sentences[want] {
			t.Errorf("nobody was told: %s\n%v", want, sentences)
		}
	}
	for _, n := range r.inbox(agent, "?time_zone=Europe/London", "Accept-Language", "zh-CN").Items {
		if n.Kind == notice.OfferMade && n.Text != "你收到一个派单，请在 11-11 周三 10:00 UTC+0 前答复。" {
			t.Errorf("in Chinese, in London: %s", n.Text)
		}
	}
}

func counted(list []string) map[string]int {
	set := map[string]int{}
	for _, s := range list {
		set[s]++
	}
	return set
}

func TestReadingIsEachPersonsOwn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	r := h.replica()
	merchant := uuid.New()
	one, other := staff(merchant, auth.Owner), staff(merchant, auth.Finance)
	topUp := func() {
		h.tell(fact.WalletToppedUp{TopUpID: uuid.NewString(), MerchantID: merchant.String(), Amount: 1, Currency: "CNY"})
	}
	for range 5 {
		topUp()
	}
	h.written(5)
	first := r.inbox(one, "?limit=2")
	if len(first.Items) != 2 || first.Unread != 5 || first.NextCursor == "" || first.LastEventID != first.Items[0].ID {
		t.Fatalf("the first page: %+v", first)
	}
	second := r.inbox(one, "?limit=3&cursor="+first.NextCursor)
	if len(second.Items) != 3 || second.NextCursor != "" {
		t.Fatalf("the second page: %+v", second)
	}
	r.post(one, "/notices/"+second.Items[0].ID.String()+"/read", "", http.StatusNoContent)
	r.post(one, "/notices/"+second.Items[0].ID.String()+"/read", "", http.StatusNoContent)
	if page := r.inbox(one, "?unread=true"); page.Unread != 4 || len(page.Items) != 4 {
		t.Errorf("%d unread after one was read, %d listed", page.Unread, len(page.Items))
	}
	topUp()
	h.written(6)
	r.post(one, "/notices/read", `{"through":"`+first.LastEventID.String()+`"}`, http.StatusNoContent)
	if page := r.inbox(one, "?unread=true"); page.Unread != 1 || len(page.Items) != 1 || page.Items[0].ID == first.LastEventID {
		t.Errorf("all that were seen were read, and %d are unread: what came after is", page.Unread)
	}
	for _, n := range r.inbox(one, "").Items[1:] {
		if n.ReadAt == nil {
			t.Errorf("%s is unread", n.ID)
		}
	}
	if page := r.inbox(other, ""); page.Unread != 6 {
		t.Errorf("a colleague's reading read %d of mine", 6-page.Unread)
	}

	stranger := staff(uuid.New(), auth.Owner)
	r.post(stranger, "/notices/"+first.LastEventID.String()+"/read", "", http.StatusNotFound)
	r.post(stranger, "/notices/read", `{"through":"`+first.LastEventID.String()+`"}`, http.StatusNotFound)
	r.post(stranger, "/notices/read", `{"through":"`+uuid.Nil.String()+`"}`, http.StatusNoContent)
	answer := r.ask(t.Context(), stranger, http.MethodGet, "/notices/stream", "", "Last-Event-ID", first.LastEventID.String())
	h.must(answer.Body.Close())
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a stream that begins at a stranger's notice: %s", answer.Status)
	}
}

// The database keeps notices apart by itself, whatever a query says.
func TestTheDatabaseShowsNobodyAnothersNotices(t *testing.T) {
	t.Parallel()
	h := setup(t)
	agent, merchant := newAgent(), uuid.New()
	h.tell(fact.AgentMissing{AssignmentID: uuid.NewString(), ShiftID: uuid.NewString(), BookingID: uuid.NewString(), MerchantID: merchant.String(), AgentID: agent.AccountID.String()})
	h.written(2)
	see := func(who auth.Actor) (n int) {
		h.must(postgres.InTx(auth.WithActor(t.Context(), who), h.pools.App, func(tx *postgres.Tx) error {
			return tx.Raw(`select count(*) from notice.notice`).Scan(&n).Error
		}))
		return n
	}
	for who, want := range map[*auth.Actor]int{
		{AccountID: agent.AccountID, Role: auth.Agent}:                           1,
		{AccountID: uuid.New(), Role: auth.Agent}:                                0,
		{AccountID: uuid.New(), Role: auth.Owner, OrganisationID: merchant}:      1,
		{AccountID: uuid.New(), Role: auth.Viewer, OrganisationID: merchant}:     0,
		{AccountID: uuid.New(), Role: auth.Owner, OrganisationID: uuid.New()}:    0,
		{AccountID: uuid.New(), Role: auth.Operator, OrganisationID: h.platform}: 0,
	} {
		if got := see(*who); got != want {
			t.Errorf("%s sees %d notices, want %d", who.Role, got, want)
		}
	}
	if got := see(auth.Actor{}); got != 0 {
		t.Errorf("nobody sees %d notices", got)
	}
	var id uuid.UUID
	h.must(h.pools.System.Pool.QueryRow(t.Context(), `select id from notice.notice where account_id is not null`).Scan(&id))
	stranger := newAgent()
	for what, sql := range map[string]string{
		"marks another's notice as read": `insert into notice.reading (account_id, notice_id, read_at) values (platform.account(), ?, '2026-01-01Z')`,
		"reads in another's name":        `insert into notice.reading (account_id, notice_id, read_at) values ('` + agent.AccountID.String() + `', ?, '2026-01-01Z')`,
		"forges a notice":                `insert into notice.notice (id, position, fact_id, account_id, kind, subject, figures, created_at) values (?, 99, gen_random_uuid(), platform.account(), 'offer_made', '{}', '{}', '2026-01-01Z')`,
		"deletes a notice":               `delete from notice.notice where id = ?`,
	} {
		err := postgres.InTx(auth.WithActor(t.Context(), stranger), h.pools.App, func(tx *postgres.Tx) error { return tx.Exec(sql, id).Error })
		if postgres.Code(err) != "42501" {
			t.Errorf("a stranger %s: %v, want insufficient privilege", what, err)
		}
	}
	if _, err := h.pools.System.Pool.Exec(t.Context(), `update notice.notice set kind = 'x'`); err == nil {
		t.Error("a notice was changed")
	}
}

// Notices come while one replica's watcher leaves and returns at the other, again and again: each is sent once and in order.
func TestAStreamGoesOnAtAnotherReplicaAndLosesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	replicas := []*replica{h.replica(), h.replica()}
	merchant := uuid.New()
	watcher := staff(merchant, auth.Owner)
	const total = 200
	h.run(func(ctx context.Context) error {
		for i := range total {
			// one of each context, so that two followers write at the same time
			var f fact.Fact = fact.WalletToppedUp{TopUpID: uuid.NewString(), MerchantID: merchant.String(), Amount: int64(i), Currency: "CNY"}
			if i%2 == 1 {
				f = fact.SeatsCancelled{BookingID: uuid.NewString(), ShiftID: uuid.NewString(), MerchantID: merchant.String(), Seats: i}
			}
			if err := postgres.InTx(ctx, h.pools.System, func(tx *postgres.Tx) error { return outbox.Append(tx, f) }); err != nil {
				return err
			}
		}
		return nil
	})
	last := uuid.Nil.String()
	seen := map[uuid.UUID]bool{}
	for turn := 0; len(seen) < total; turn++ {
		s := replicas[turn%2].stream(watcher, last)
		for range min(17, total-len(seen)) {
			n := s.next()
			if seen[n.ID] {
				t.Fatalf("%s was sent twice", n.ID)
			}
			seen[n.ID] = true
			last = n.ID.String()
		}
		s.stop()
	}
	if page := replicas[0].inbox(watcher, "?limit=1"); page.LastEventID.String() != last {
		t.Errorf("the stream ended at %s, the list at %s", last, page.LastEventID)
	}
}

func TestAStreamBeginsWithWhatComesAfterItOpened(t *testing.T) {
	t.Parallel()
	h := setup(t)
	r := h.replica()
	agent, other := newAgent(), newAgent()
	offer := func(to auth.Actor) string {
		id := uuid.NewString()
		h.tell(fact.OfferMade{OfferID: id, ShiftID: uuid.NewString(), AgentID: to.AccountID.String(), ExpiresAt: time.Date(2026, 11, 11, 10, 0, 0, 0, time.UTC)})
		return id
	}
	offer(agent)
	h.written(1)
	s := r.stream(agent, "")
	offer(other)
	want := offer(agent)
	if n := s.next(); n.Subject.OfferID != want || n.Kind != notice.OfferMade || n.Text == "" {
		t.Errorf("the stream's first notice is %+v, want the offer %s", n, want)
	}
}

// The replica's own connection is cut while a worker tells: it looks at the table when it is back.
func TestAStreamOutlivesItsReplicasConnection(t *testing.T) {
	t.Parallel()
	h := setup(t)
	r := h.replica()
	agent := newAgent()
	s := r.stream(agent, "")
	for range 3 {
		id := uuid.NewString()
		h.tell(fact.OfferEnded{OfferID: id, ShiftID: uuid.NewString(), AgentID: agent.AccountID.String(), State: "expired"})
		h.must(r.nc.ForceReconnect())
		if n := s.next(); n.Subject.OfferID != id {
			t.Fatalf("got %+v, want %s", n.Subject, id)
		}
	}
}
