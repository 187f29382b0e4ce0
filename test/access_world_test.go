package test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/web"
)

// accessWorld is a marketplace of two sides that have nothing to do with each other: to either, the other is a foreign
// tenant. Top-ups wait for an operator, as in production.
type accessWorld struct {
	*apitest.Stack
	operator, trainer *apitest.Person
	ours, theirs      *tenants
	day               time.Time // noon of the day of the work
	serial            int
	seen              []sight
}

// sight is an answer that somebody was given.
type sight struct {
	who, side, op, asked string
	status               int
	body                 string
}

// tenants are a merchant with its staff and an agent who works for it. Every text they write says whose it is: the
// merchant's business, its people, or the agent's person.
type tenants struct {
	side                     string
	business, staff, private string // marks
	people                   map[string]*apitest.Person
	tag                      string // what its bookings ask for and its agent holds, so that neither side's agent is asked to the other
	merchant, shop           uuid.UUID
	days                     int         // bookings so far: each has a day of its own
	working                  uuid.UUID   // the assignment that may be checked in now
	sheets                   []uuid.UUID // timesheets that nobody has touched
}

const accessPassword = "correct horse battery"

func newAccessWorld(t *testing.T) *accessWorld {
	t.Helper()
	w := &accessWorld{Stack: apitest.Start(t, func(cfg *app.Config) { cfg.Dev = false })}
	w.operator = w.Operator(t)
	w.trainer = w.invite(t, w.operator, "trainer", "Tau Platform")
	w.day = w.Now(t).In(time.FixedZone("CST", 8*60*60)).AddDate(0, 0, 3)
	w.ours = w.tenants(t, "ours", "function/presale", "viridian", "Olive", "Fern")
	w.theirs = w.tenants(t, "theirs", "function/aftersale", "vermilion", "Ruby", "Scarlet")
	for _, s := range []*tenants{w.ours, w.theirs} {
		w.agree(t, s)
	}
	w.work(t, w.ours, w.theirs)
	return w
}

func (w *accessWorld) email(mark string) string {
	w.serial++
	return fmt.Sprintf("%s.%d@example.com", strings.ToLower(mark), w.serial)
}

// register opens an account and signs in.
func (w *accessWorld) register(t *testing.T, kind, name, organisation string) *apitest.Person {
	t.Helper()
	email := w.email(name)
	body := map[string]any{"kind": kind, "email": email, "password": accessPassword, "name": name}
	if organisation != "" {
		body["organisation"] = organisation
	}
	w.Nobody().Post(t, "/accounts", body).Want(t, 201)
	return w.SignIn(t, email)
}

// invite has by ask a colleague in, who accepts and signs in.
func (w *accessWorld) invite(t *testing.T, by *apitest.Person, role, name string) *apitest.Person {
	t.Helper()
	email := w.email(strings.ReplaceAll(name, " ", "."))
	token := by.Post(t, "/invitations", map[string]any{"email": email, "role": role}).Want(t, 201).Text("token")
	w.Nobody().Post(t, "/invitations/acceptance", map[string]any{"token": token, "name": name, "password": accessPassword}).Want(t, 201)
	return w.SignIn(t, email)
}

// newcomer is somebody in a role whom nothing else needs.
func (w *accessWorld) newcomer(t *testing.T, s *tenants, role string) *apitest.Person {
	t.Helper()
	switch role {
	case "agent":
		return w.register(t, "agent", s.private, "")
	case "trainer", "operator":
		return w.invite(t, w.operator, role, "Tau Platform")
	}
	return w.invite(t, s.people["owner"], role, s.staff)
}

// person is whoever has the role on a side.
func (w *accessWorld) person(s *tenants, role string) *apitest.Person {
	switch role {
	case "nobody":
		return w.Nobody()
	case "trainer":
		return w.trainer
	case "operator":
		return w.operator
	}
	return s.people[role]
}

func (w *accessWorld) tenants(t *testing.T, side, tag, business, staff, private string) *tenants {
	t.Helper()
	s := &tenants{side: side, tag: tag, business: business, staff: staff, private: private, people: map[string]*apitest.Person{}}
	owner := w.register(t, "merchant", staff, business+" trading")
	s.people["owner"], s.merchant = owner, owner.MerchantID
	for _, role := range []string{"booker", "finance", "viewer"} {
		s.people[role] = w.invite(t, owner, role, staff)
	}
	s.people["agent"] = w.register(t, "agent", private, "")
	w.operator.Put(t, "/agents/"+s.people["agent"].AccountID.String()+"/tags", []map[string]any{{
		"tag": s.tag, "level": 3, "expires_at": w.Now(t).AddDate(1, 0, 0), "evidence": private + " passed",
	}}).Want(t, 200)
	apitest.Until(t, "the matcher knows the agent's tag", func() bool { return s.people["agent"].Get(t, "/me/tags").Len("items") == 1 })
	// the hall shows a shop's name and industry to every agent
	s.shop = owner.Post(t, "/shops", map[string]any{"name": "Kiosk", "industry": "apparel", "channels": []string{"chat"}}).Want(t, 201).ID(t, "id")
	owner.Put(t, "/blocks/"+w.register(t, "agent", "Stranger", "").AccountID.String(), map[string]any{"blocked": true}).Want(t, 204)
	w.topUp(t, s, 1_000_000_00, true)
	return s
}

func (w *accessWorld) topUp(t *testing.T, s *tenants, fen int, settle bool) uuid.UUID {
	t.Helper()
	id := s.people["owner"].Post(t, "/wallet/top-ups", map[string]any{"amount": cny(fen)}).Want(t, 201).ID(t, "id")
	if settle {
		w.operator.Post(t, "/wallet/top-ups/"+id.String()+"/settlement", nil).Want(t, 200)
	}
	return id
}

// bookingBody is a booking on a day of its own, later than the day of the work.
func (w *accessWorld) bookingBody(s *tenants, windows ...map[string]any) map[string]any {
	s.days++
	return w.bookingOn(s, w.day.AddDate(0, 0, 1+s.days), windows...)
}

func (w *accessWorld) bookingOn(s *tenants, day time.Time, windows ...map[string]any) map[string]any {
	if len(windows) == 0 {
		windows = []map[string]any{{"start": "10:00", "end": "12:00", "seats": 2}}
	}
	date := day.Format(time.DateOnly)
	return map[string]any{
		"shop_id": s.shop, "title": s.business + " sale", "starts_on": date, "ends_on": date,
		"windows": windows, "requirements": []map[string]any{{"tag": s.tag, "level": 2}},
	}
}

// draft is a booking that is not confirmed, and its shift, which nobody else may know of.
func (w *accessWorld) draft(t *testing.T, s *tenants) (booking, shift uuid.UUID) {
	t.Helper()
	booking = s.people["owner"].Post(t, "/bookings", w.bookingBody(s)).Want(t, 201).ID(t, "id")
	return booking, s.people["owner"].Get(t, "/bookings/"+booking.String()+"/shifts").Want(t, 200).ID(t, "items", 0, "id")
}

func (w *accessWorld) quote(t *testing.T, s *tenants, booking uuid.UUID) uuid.UUID {
	t.Helper()
	return s.people["owner"].Post(t, "/bookings/"+booking.String()+"/quotes", nil).Want(t, 201).ID(t, "id")
}

// open is a confirmed booking and its shift.
func (w *accessWorld) open(t *testing.T, s *tenants) (booking, shift uuid.UUID) {
	t.Helper()
	booking, shift = w.draft(t, s)
	w.confirm(t, s, booking)
	return booking, shift
}

func (w *accessWorld) confirm(t *testing.T, s *tenants, booking uuid.UUID) {
	t.Helper()
	s.people["owner"].Post(t, "/bookings/"+booking.String()+"/confirmation", map[string]any{"quote_id": w.quote(t, s, booking)}).Want(t, 200)
}

// held is an assignment of the side's agent, days ahead.
func (w *accessWorld) held(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	_, shift := w.open(t, s)
	return s.people["agent"].Post(t, "/shifts/"+shift.String()+"/claims", nil).Want(t, 201).ID(t, "id")
}

// offer is a live offer to the side's agent, who is the core team of a booking.
func (w *accessWorld) offer(t *testing.T, s *tenants) uuid.UUID {
	t.Helper()
	body := w.bookingBody(s)
	body["core_team"] = []uuid.UUID{s.people["agent"].AccountID}
	booking := s.people["owner"].Post(t, "/bookings", body).Want(t, 201).ID(t, "id")
	w.confirm(t, s, booking)
	var offer uuid.UUID
	apitest.Until(t, "the core team has its offer", func() bool {
		err := w.DB.System.Pool.QueryRow(t.Context(), `select id from matcher.offer where booking_id = $1 and state = 'live'`, booking).Scan(&offer)
		return err == nil
	})
	return offer
}

// The day of the work: windows of half an hour, one an hour from 08:00. All but the last are worked before the walk.
const (
	workFrom    = 8
	workWindows = 11
)

// agree has the side's agent take every window of the day.
func (w *accessWorld) agree(t *testing.T, s *tenants) {
	t.Helper()
	var windows []map[string]any
	for i := range workWindows {
		windows = append(windows, map[string]any{"start": fmt.Sprintf("%02d:00", workFrom+i), "end": fmt.Sprintf("%02d:30", workFrom+i), "seats": 1})
	}
	owner := s.people["owner"]
	booking := owner.Post(t, "/bookings", w.bookingOn(s, w.day, windows...)).Want(t, 201).ID(t, "id")
	w.confirm(t, s, booking)
	shifts := owner.Get(t, "/bookings/"+booking.String()+"/shifts").Want(t, 200)
	for i := range workWindows {
		s.people["agent"].Post(t, "/shifts/"+shifts.Text("items", i, "id")+"/claims", nil).Want(t, 201)
	}
}

// work lives the day until the last window can be checked in.
func (w *accessWorld) work(t *testing.T, sides ...*tenants) {
	t.Helper()
	midnight := time.Date(w.day.Year(), w.day.Month(), w.day.Day(), 0, 0, 0, 0, w.day.Location())
	for i := range workWindows {
		start := midnight.Add(time.Duration(workFrom+i) * time.Hour)
		w.MoveTo(t, start.Add(-10*time.Minute))
		for _, s := range sides {
			rows := s.people["agent"].Get(t, "/assignments?state=held&limit=200").Want(t, 200)
			for k := range rows.Len("items") {
				if at, err := time.Parse(time.RFC3339, rows.Text("items", k, "starts_at")); err == nil && at.Equal(start) {
					s.working = rows.ID(t, "items", k, "id")
				}
			}
			if i < workWindows-1 {
				s.people["agent"].Post(t, "/assignments/"+s.working.String()+"/check-in", nil).Want(t, 200)
			}
		}
		if i == workWindows-1 {
			break
		}
		w.MoveTo(t, start.Add(20*time.Minute))
		for _, s := range sides {
			s.people["agent"].Post(t, "/assignments/"+s.working.String()+"/check-out", nil).Want(t, 200)
		}
	}
	for _, s := range sides {
		apitest.Until(t, "the timesheets are there", func() bool {
			rows := s.people["owner"].Get(t, "/timesheets?limit=200").Want(t, 200)
			s.sheets = nil
			for k := range rows.Len("items") {
				s.sheets = append(s.sheets, rows.ID(t, "items", k, "id"))
			}
			return len(s.sheets) == workWindows-1
		})
	}
}

// sheet is a timesheet that nobody has touched.
func (s *tenants) sheet(t *testing.T) uuid.UUID {
	t.Helper()
	if len(s.sheets) == 0 {
		t.Fatal("no timesheet is left: work more windows")
	}
	id := s.sheets[0]
	s.sheets = s.sheets[1:]
	return id
}

// dispute is one that waits for an answer: by the merchant, or an objection by the agent.
func (w *accessWorld) dispute(t *testing.T, s *tenants, by string) uuid.UUID {
	t.Helper()
	word := map[string]string{"owner": "dispute", "agent": "objection"}[by]
	return s.people[by].Post(t, "/timesheets/"+s.sheet(t).String()+"/"+word, map[string]any{"minutes": 5, "reason": s.business + " away"}).Want(t, 201).ID(t, "id")
}

// parked is a fact that a consumer could not handle.
func (w *accessWorld) parked(t *testing.T) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	_, err := w.DB.System.Pool.Exec(t.Context(), `insert into platform.parked (id, consumer, fact_id, fact_recorded_at, type, error, tries, parked_at)
		select $1::uuid, 'access ' || $1::uuid, id, recorded_at, type, 'made for a test', 1, recorded_at from platform.fact order by position limit 1`, id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// ask sends a request as somebody and remembers the answer.
func (w *accessWorld) ask(t *testing.T, s *tenants, role string, p *apitest.Person, e *operation, r request) *apitest.Reply {
	t.Helper()
	method, path, _ := strings.Cut(e.op, " ")
	path = strings.NewReplacer("{id}", r.id.String(), "{version}", "1", "{position}", "1", "{dimension}", "system", "{value}", "chatwoot").Replace(path) + r.query
	var reply *apitest.Reply
	if r.body != nil && method == http.MethodGet {
		t.Fatalf("%s with a body", e.op)
	}
	if e.stream {
		reply = w.peek(t, p, path)
	} else {
		reply = p.Do(t, method, path, r.body, r.headers)
	}
	w.seen = append(w.seen, sight{who: role, side: s.side, op: e.op, asked: r.id.String(), status: reply.Status, body: string(reply.Body)})
	return reply
}

// peek reads the beginning of a stream and leaves.
func (w *accessWorld) peek(t *testing.T, p *apitest.Person, path string) *apitest.Reply {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+web.BasePath+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Accept-Language", "en")
	if p.Token != "" {
		q.Header.Set("Authorization", "Bearer "+p.Token)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	reply := &apitest.Reply{Status: answer.StatusCode, Header: answer.Header}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		some := make([]byte, 4096)
		n, err := answer.Body.Read(some)
		if err != nil {
			t.Fatalf("a stream that says nothing: %v", err)
		}
		reply.Body = some[:n]
		return reply
	}
	if reply.Body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return reply
}

func allRoles() []string {
	return []string{"nobody", "agent", "owner", "booker", "finance", "viewer", "trainer", "operator"}
}

func etag(t *testing.T, r *apitest.Reply) map[string]string {
	t.Helper()
	tag := r.Want(t, http.StatusOK).Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	return map[string]string{"If-Match": tag}
}
