package test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/auth"
)

// storm is a crowd of seeded agents against a running program.
type storm struct {
	url    string
	http   *http.Client
	turns  chan struct{} // one for each connection
	agents []seededToken
	owners []seededToken
	shifts []stormShift
	began  time.Time

	name        string        // makes its keys its own
	closedShare float64       // of requests whose connection is closed before the answer
	stubborn    bool          // clients ask again, with the same key, until they are answered
	patience    time.Duration // of a stubborn client

	won     atomic.Int64
	marks   map[int64]chan struct{} // closed when so many seats are won
	mu      sync.Mutex
	history []claimed
	strange []string // answers that must not be
}

type stormShift struct {
	ID       uuid.UUID `json:"id"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	Seats    int       `json:"seats"`
	owner    seededToken
}

// claimed is one claim of the history.
type claimed struct {
	agent    seededToken
	shift    int
	key      string
	asked    time.Duration // first asked, since the storm began
	last     time.Duration // asked for the last time
	returned time.Duration
	tries    int
	known    bool // answered; else the connection was closed
	status   int
	code     string
	body     []byte
	replayed bool
}

// connections of every storm.
const stormConnections = 64

func newStorm(t *testing.T, url string, tokens []seededToken) *storm {
	t.Helper()
	s := &storm{
		name: "claim", url: url, agents: tokensOf(tokens, auth.Agent), owners: tokensOf(tokens, auth.Owner), turns: make(chan struct{}, stormConnections), patience: time.Minute,
		http: &http.Client{Transport: &http.Transport{MaxConnsPerHost: stormConnections, MaxIdleConnsPerHost: stormConnections, DisableCompression: true}},
	}
	t.Cleanup(s.http.CloseIdleConnections)
	for _, owner := range s.owners {
		for _, booking := range s.list(t, owner, "/bookings?limit=200") {
			for _, raw := range s.list(t, owner, "/bookings/"+booking["id"].(string)+"/shifts") {
				s.shifts = append(s.shifts, readShift(t, raw, owner))
			}
		}
	}
	slices.SortFunc(s.shifts, func(a, b stormShift) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	if len(s.agents) == 0 || len(s.shifts) == 0 {
		t.Fatalf("the seed made %d agents and %d shifts", len(s.agents), len(s.shifts))
	}
	return s
}

func readShift(t *testing.T, raw map[string]any, owner seededToken) stormShift {
	t.Helper()
	text, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	one := stormShift{owner: owner}
	if err := json.Unmarshal(text, &one); err != nil {
		t.Fatal(err)
	}
	return one
}

// list reads a whole list.
func (s *storm) list(t *testing.T, as seededToken, path string) []map[string]any {
	t.Helper()
	var page struct {
		Items      []map[string]any `json:"items"`
		NextCursor string           `json:"next_cursor"`
	}
	s.call(t, as, http.MethodGet, path, nil, http.StatusOK, &page)
	if page.NextCursor != "" {
		t.Fatalf("%s has more than one page", path)
	}
	return page.Items
}

// call asks for something that must succeed.
func (s *storm) call(t *testing.T, as seededToken, method, path string, body any, want int, into any) {
	t.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(t.Context(), method, s.url+"/api/v1"+path, content)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+as.Token)
	q.Header.Set("Content-Type", "application/json")
	r, err := s.http.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close() //nolint:errcheck // it was read
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != want {
		t.Fatalf("%s %s answers %d, want %d: %s %v", method, path, r.StatusCode, want, raw, err)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
}

// claim asks once, and must be answered.
func (s *storm) claim(t *testing.T, agent seededToken, shift stormShift, key string) claimed {
	t.Helper()
	r, err := s.try(t.Context(), agent, shift, key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// try asks once.
func (s *storm) try(ctx context.Context, agent seededToken, shift stormShift, key string) (claimed, error) {
	r := claimed{agent: agent, key: key}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/shifts/"+shift.ID.String()+"/claims", http.NoBody)
	if err != nil {
		return r, err
	}
	q.Header.Set("Authorization", "Bearer "+agent.Token)
	q.Header.Set("Idempotency-Key", key)
	answer, err := s.http.Do(q)
	if err != nil {
		return r, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	if r.body, err = io.ReadAll(answer.Body); err != nil {
		return r, err
	}
	r.known, r.status, r.replayed = true, answer.StatusCode, answer.Header.Get("Idempotent-Replayed") == "true"
	if r.status != http.StatusCreated {
		var problem struct{ Code string }
		if err := json.Unmarshal(r.body, &problem); err != nil {
			return r, fmt.Errorf("not a problem: %q", r.body)
		}
		r.code = problem.Code
	}
	return r, nil
}

// rage has every agent claim three shifts at once. pick chooses them.
func (s *storm) rage(ctx context.Context, pick func(agent int, random *rand.Rand) [3]int) (time.Duration, error) {
	s.began = time.Now()
	var crowd errgroup.Group
	crowd.SetLimit(stormConnections) // agents at once; connections are the scarcer
	for n, agent := range s.agents {
		crowd.Go(func() error {
			random := rand.New(rand.NewPCG(7, uint64(n)))
			var three errgroup.Group
			for i, shift := range pick(n, random) {
				closing, after := random.Float64() < s.closedShare, time.Duration(random.Int64N(int64(3*time.Millisecond)))
				three.Go(func() error {
					return s.one(ctx, agent, shift, fmt.Sprintf("%s-%d-%d", s.name, n, i), closing, after)
				})
			}
			return three.Wait()
		})
	}
	err := crowd.Wait()
	return time.Since(s.began), err
}

// one is a claim of the storm: over one of the connections, perhaps closed before the answer, perhaps asked again.
func (s *storm) one(ctx context.Context, agent seededToken, shift int, key string, closing bool, after time.Duration) error {
	s.turns <- struct{}{}
	defer func() { <-s.turns }()
	asked := time.Since(s.began)
	var r claimed
	var err error
	for tries := 1; ; tries++ {
		last := time.Since(s.began)
		attempt, leave := ctx, context.CancelFunc(func() {})
		if closing {
			attempt, leave = leaving(ctx, after)
		}
		r, err = s.try(attempt, agent, s.shifts[shift], key)
		leave()
		r.shift, r.asked, r.last, r.returned, r.tries = shift, asked, last, time.Since(s.began), tries
		switch {
		case err == nil && r.status < 500:
		case err != nil && closing:
			r.known = false
			if s.stubborn {
				closing = false // it comes back at once, on another connection
				continue
			}
		case s.stubborn && (err != nil || r.status == http.StatusServiceUnavailable) && r.returned-asked < s.patience:
			if err := pauseFor(ctx, 20*time.Millisecond); err != nil {
				return err
			}
			continue
		case err != nil:
			return fmt.Errorf("claim %s: %w", key, err)
		}
		break
	}
	if r.status == http.StatusCreated {
		if mark := s.marks[s.won.Add(1)]; mark != nil {
			close(mark)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = append(s.history, r)
	if r.known && !slices.Contains([]string{"", "shift_full", "time_overlap", "rest_too_short", "hours_exceeded", "agent_not_eligible"}, r.code) {
		s.strange = append(s.strange, fmt.Sprintf("%s: %d %s", key, r.status, r.body))
	}
	return nil
}

// leaving is the context of a client who closes the connection some time after the request is sent.
func leaving(ctx context.Context, after time.Duration) (context.Context, context.CancelFunc) {
	ctx, leave := context.WithCancel(ctx)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { time.AfterFunc(after, leave) },
	}), leave
}

// pauseFor is a client's pause before it asks again.
func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// held is one seat at the end, as the merchant reads it.
type heldSeat struct {
	AssignmentID uuid.UUID `json:"assignment_id"`
	AgentID      uuid.UUID `json:"agent_id"`
	Seat         int       `json:"seat"`
	StartsAt     time.Time `json:"starts_at"`
	EndsAt       time.Time `json:"ends_at"`
	State        string    `json:"state"`
	shift        int
}

// end reads who holds what.
func (s *storm) end(t *testing.T) []heldSeat {
	t.Helper()
	var all []heldSeat
	for i, shift := range s.shifts {
		var page struct{ Items []heldSeat }
		s.call(t, shift.owner, http.MethodGet, "/shifts/"+shift.ID.String()+"/assignments", nil, http.StatusOK, &page)
		for _, one := range page.Items {
			if one.State != "held" {
				t.Errorf("an assignment of shift %s is %s", shift.ID, one.State)
			}
			one.shift = i
			all = append(all, one)
		}
	}
	return all
}

// judge holds the end against what everybody was told: exactly the seats are held, none twice, nobody in two places or
// without rest, nothing acknowledged is lost, nothing is held that nobody asked for, and every "full" was true.
func (s *storm) judge(t *testing.T) {
	t.Helper()
	if len(s.strange) > 0 {
		t.Errorf("%d answers that must not be, such as %s", len(s.strange), s.strange[0])
	}
	seats := 0
	for _, shift := range s.shifts {
		seats += shift.Seats
	}
	all := s.end(t)
	if len(all) != seats {
		t.Errorf("%d seats are held of %d", len(all), seats)
	}
	byPair, byAgent, bySeat := map[string]heldSeat{}, map[uuid.UUID][]heldSeat{}, map[string]bool{}
	for _, one := range all {
		seat := fmt.Sprintf("%d/%d", one.shift, one.Seat)
		if bySeat[seat] || one.Seat < 1 || one.Seat > s.shifts[one.shift].Seats {
			t.Errorf("seat %s is held twice, or is none", seat)
		}
		bySeat[seat] = true
		byPair[one.AgentID.String()+"/"+strconv.Itoa(one.shift)] = one
		byAgent[one.AgentID] = append(byAgent[one.AgentID], one)
	}
	s.judgeRest(t, byAgent)

	counts := map[string]int{}
	asked := map[string]bool{}
	for i := range s.history {
		c := &s.history[i]
		pair := c.agent.AccountID.String() + "/" + strconv.Itoa(c.shift)
		asked[pair] = true
		holds, is := byPair[pair]
		switch {
		case !c.known:
			counts["connection closed"]++
			if is {
				counts["of these, seat won"]++
			}
		case c.status == http.StatusCreated:
			counts["won"]++
			var told struct {
				ID   uuid.UUID `json:"id"`
				Seat int       `json:"seat"`
			}
			if err := json.Unmarshal(c.body, &told); err != nil || !is || told.ID != holds.AssignmentID || told.Seat != holds.Seat {
				t.Errorf("agent %s was told %s, and holds %+v", c.agent.AccountID, c.body, holds)
			}
		default:
			counts[c.code]++
		}
	}
	for pair := range byPair {
		if !asked[pair] {
			t.Errorf("%s holds a seat that was never asked for", pair)
		}
	}
	t.Logf("answers: %v", counts)
	s.judgeHistory(t, byPair)
}

// judgeRest: a quarter of an hour between shifts of a day, eight hours between those of two days.
func (s *storm) judgeRest(t *testing.T, byAgent map[uuid.UUID][]heldSeat) {
	t.Helper()
	zone := time.FixedZone("CST", 8*60*60)
	several := 0
	for agent, list := range byAgent {
		slices.SortFunc(list, func(a, b heldSeat) int { return a.StartsAt.Compare(b.StartsAt) })
		for i := 1; i < len(list); i++ {
			several++
			before, after := list[i-1], list[i]
			least := 15 * time.Minute
			if before.StartsAt.In(zone).YearDay() != after.StartsAt.In(zone).YearDay() {
				least = 8 * time.Hour
			}
			if after.StartsAt.Sub(before.EndsAt) < least {
				t.Errorf("agent %s holds %s to %s and %s to %s", agent, before.StartsAt, before.EndsAt, after.StartsAt, after.EndsAt)
			}
		}
	}
	t.Logf("%d agents hold seats, %d times one more beside another", len(byAgent), several)
}

// Seats of one shift as porcupine sees them: a win takes one, "full" is true when none is left. Nobody gives one back.
type seatOp struct{ shift, seats int }

func seatModel() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byShift := map[int][]porcupine.Operation{}
			for _, op := range history {
				shift := op.Input.(seatOp).shift
				byShift[shift] = append(byShift[shift], op)
			}
			var parts [][]porcupine.Operation
			for _, part := range byShift {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return 0 },
		Step: func(state, input, output any) (bool, any) {
			held, seats := state.(int), input.(seatOp).seats
			if output.(bool) {
				return held < seats, held + 1
			}
			return held == seats, held
		},
		Equal: func(a, b any) bool { return a.(int) == b.(int) },
	}
}

// judgeHistory has porcupine look for an order in which every answer was right. A claim without an answer is in the
// history where the seat was won, with no end; else it changed nothing.
func (s *storm) judgeHistory(t *testing.T, byPair map[string]heldSeat) {
	t.Helper()
	var history []porcupine.Operation
	for i := range s.history {
		c := &s.history[i]
		op := porcupine.Operation{ClientId: i, Input: seatOp{c.shift, s.shifts[c.shift].Seats}, Call: int64(c.asked), Return: int64(c.returned)}
		_, holds := byPair[c.agent.AccountID.String()+"/"+strconv.Itoa(c.shift)]
		switch {
		case c.known && c.status == http.StatusCreated:
			op.Output = true
		case c.known && c.code == "shift_full":
			op.Output, op.Call = false, int64(c.last) // refusals are decided afresh each time
		case !c.known && holds:
			op.Output, op.Return = true, math.MaxInt64
		default:
			continue
		}
		history = append(history, op)
	}
	began := time.Now()
	verdict := porcupine.CheckOperationsTimeout(seatModel(), history, 5*time.Minute)
	if verdict != porcupine.Ok {
		t.Errorf("porcupine: the history of %d answers is %s: somebody was told full while a seat was open", len(history), verdict)
	}
	t.Logf("porcupine: %d wins and fulls of %d shifts legal in %v", len(history), len(s.shifts), time.Since(began).Round(time.Millisecond))
}

// latency is the p-th part of all answered claims, in milliseconds.
func (s *storm) latency(p float64) float64 {
	var took []time.Duration
	for i := range s.history {
		if c := &s.history[i]; c.known && c.tries == 1 {
			took = append(took, c.returned-c.asked)
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000
}

// spread picks any three shifts, the second often overlapping the first: shifts lie in groups of four.
func (s *storm) spread(_ int, random *rand.Rand) [3]int {
	first := random.IntN(len(s.shifts))
	return [3]int{first, first/4*4 + random.IntN(min(4, len(s.shifts)-first/4*4)), random.IntN(len(s.shifts))}
}

// distinctly leaves out what repeats a shift: one agent's second claim of a shift is refused for the overlap with the first,
// and the pair would not say which of two claims won.
func (s *storm) distinctly(pick func(int, *rand.Rand) [3]int) func(int, *rand.Rand) [3]int {
	return func(n int, random *rand.Rand) [3]int {
		for {
			three := pick(n, random)
			if three[0] != three[1] && three[1] != three[2] && three[0] != three[2] {
				return three
			}
		}
	}
}

func TestTheStormHoldsExactlyTheSeats(t *testing.T) {
	t.Parallel()
	dir := newInstall(t)
	tokens := dir.seeded(t, 300, 60)
	p := dir.serve(t, "127.0.0.1:0")
	s := newStorm(t, p.url, tokens)
	s.closedShare = 0.1
	took, err := s.rage(t.Context(), s.distinctly(s.spread))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d claims in %v, p50 %.1f ms, p99 %.1f ms", len(s.history), took, s.latency(0.5), s.latency(0.99))
	s.judge(t)
	dir.audited(t)
}
