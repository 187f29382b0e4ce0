package test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/apitest"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
	"peakseat/internal/fact"
	"peakseat/internal/provetest"
)

// certified is a market in which agents hold a seat's tag by a credential.
type certified struct {
	*market
	first, second *apitest.Person // trainers
	template      string
	shift         uuid.UUID
}

// newCertified has one shift, of tomorrow.
func newCertified(t *testing.T, seats int) *certified {
	t.Helper()
	c := &certified{market: newMarket(t)}
	c.first, c.second = c.operator.Invited(t, auth.Trainer), c.operator.Invited(t, auth.Trainer)
	body := templateBody()
	body["grants"] = []any{map[string]any{"tag": "function/presale", "level": 3}}
	c.template = c.first.Post(t, "/credential-templates", body).Want(t, 201).Text("id")
	_, c.shift = c.book(t, c.merchant, c.shop, c.Now(t).AddDate(0, 0, 2), "18:00", "22:00", seats)
	return c
}

// holder is an agent with a credential whose tag the matcher knows.
func (c *certified) holder(t *testing.T) (agent *apitest.Person, credential string) {
	t.Helper()
	agent = c.Agent(t)
	credential = c.first.Post(t, "/credentials", map[string]any{"agent_id": agent.AccountID, "template_id": c.template, "evidence": "seen"}).Want(t, 201).Text("id")
	apitest.Until(t, "the matcher knows the tag", func() bool { return agent.Get(t, "/me/tags").Want(t, 200).Len("items") == 1 })
	return agent, credential
}

func (c *certified) claim(t *testing.T, agent *apitest.Person) *apitest.Reply {
	t.Helper()
	return agent.Post(t, "/shifts/"+c.shift.String()+"/claims", nil)
}

// revoked is how long it takes from the second person's confirmation to the first claim that is refused for the tag. Claims
// before it may win a seat, as the agent could until then.
func (c *certified) revoked(t *testing.T, agent *apitest.Person, credential string) time.Duration {
	t.Helper()
	request := c.first.Post(t, "/credentials/"+credential+"/revocation-requests", grounds()).Want(t, 201).Text("id")
	began := clock.Now()
	c.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	for {
		r := c.claim(t, agent)
		took := clock.Since(began)
		switch {
		case r.Text("code") == "agent_not_eligible":
			return took
		case took > 30*time.Second:
			t.Fatalf("half a minute after the revocation a claim is answered %d: %s", r.Status, r.Body)
		case r.Status != 201 && r.Text("code") != "time_overlap": // with the seat that is held still
			t.Fatalf("a claim is answered %d: %s", r.Status, r.Body)
		}
	}
}

func (c *certified) heldSeats(t *testing.T) (n int) {
	t.Helper()
	if err := c.DB.System.Pool.QueryRow(t.Context(), `select count(*) from matcher.assignment where shift_id = $1 and state = 'held'`, c.shift).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What a credential gave, its suspension takes: the seat that has not begun is open again, others may take it, and the
// holder is told of both and may appeal.
func TestASuspensionTakesTheSeatAndTellsTheHolder(t *testing.T) {
	t.Parallel()
	c := newCertified(t, 1)
	agent, credential := c.holder(t)
	next, _ := c.holder(t)
	c.claim(t, agent).Want(t, 201)
	c.claim(t, next).WantProblem(t, 409, "shift_full")
	c.first.Post(t, "/credentials/"+credential+"/suspension", grounds()).Want(t, 200)
	apitest.Until(t, "the seat is open again", func() bool {
		return agent.Get(t, "/assignments").Want(t, 200).Text("items", 0, "state") == "withdrawn"
	})
	r := c.claim(t, agent).WantProblem(t, 403, "agent_not_eligible")
	if !strings.Contains(string(r.Body), "function/presale") {
		t.Errorf("the refusal does not name the tag: %s", r.Body)
	}
	c.claim(t, next).Want(t, 201)
	told := map[string]bool{}
	apitest.Until(t, "the holder is told of both", func() bool {
		list := agent.Get(t, "/notices").Want(t, 200)
		for i := range list.Len("items") {
			told[list.Text("items", i, "kind")] = true
		}
		return told["credential_suspended"] && told["seat_lost"]
	})
	agent.Post(t, "/credentials/"+credential+"/appeals", map[string]any{"reason": "it was not me"}).Want(t, 201)
	if n := c.Facts(t, fact.SeatReleased{}.Type()); n != 1 {
		t.Errorf("%d seats were released", n)
	}
}

// From a revocation to the refused claim, for those who hold a seat and those who do not.
func TestProveRevocation(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	const people, atOnce = 400, 4
	c := newCertified(t, people)
	agents, credentials := make([]*apitest.Person, people), make([]string, people)
	for i := range agents {
		agents[i], credentials[i] = c.holder(t)
		if i%2 == 0 {
			c.claim(t, agents[i]).Want(t, 201)
		}
	}
	times := make([]time.Duration, people)
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i := range agents {
		g.Go(func() error {
			times[i] = c.revoked(t, agents[i], credentials[i])
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := c.heldSeats(t); n != 0 {
		t.Errorf("%d seats are held by people without the credential", n)
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(people-1))]) / float64(time.Millisecond)
	}
	note := strconv.Itoa(people) + " agents, half of whom hold a seat, " + strconv.Itoa(atOnce) + " revocations at once, over HTTP, from the request to confirm to the answer of the first refused claim; aim 1000"
	provetest.Record(t, "revocation_to_refused_claim_p50", at(0.5), "ms", note)
	provetest.Record(t, "revocation_to_refused_claim_p99", at(0.99), "ms", note)
}
