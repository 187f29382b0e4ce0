package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"peakseat/internal/clock"

	"github.com/google/uuid"
)

// Options of a rehearsal.
type Options struct {
	URL         string  // of the server, without the API's path
	Seats       int     // booked at once in the peak's half hour, about
	Merchants   int     // who book them
	Seed        uint64  // of all choices
	Connections int     // to the server, at most
	Operator    Token   // grants tags, plans, rules
	Agents      []Token // who may be asked
	// Prepared says that the agents hold tags and are available already, as seed makes them. Else the rehearsal grants and
	// says all that itself.
	Prepared bool
	// AtPeak ends the rehearsal in the peak's half hour, with everybody at work, for somebody to look at.
	AtPeak bool
	// Audit reads the whole database after the end; nil where it is out of reach.
	Audit func(ctx context.Context) (Audit, error)
	// Memory is the most that the program used so far, in bytes; nil where it is another's.
	Memory func() int64

	Progress io.Writer // where it tells how far it is
	Terminal bool      // Progress is one
}

// Token is somebody's access token.
type Token struct {
	AccountID uuid.UUID
	Token     string
}

// Audit is what reading the whole database gave.
type Audit struct {
	Checks int      `json:"checks"`
	Rows   int64    `json:"rows"`             // looked at
	Broken []string `json:"broken,omitempty"` // names, with what was found first
}

// run is one rehearsal.
type run struct {
	Options
	server    *server
	progress  *progress
	checks    sync.Mutex // over the report's
	report    *Report
	name      string // makes e-mail addresses and keys unlike those of other runs
	operator  *person
	campaign  uuid.UUID // that all bookings are of
	merchants []*merchant
	agents    []*agent
	shifts    []*shift // by number
	byShift   map[uuid.UUID]*shift
	byAgent   map[uuid.UUID]*agent
	now       time.Time // the rules' clock as it was last set or read
	began     time.Time // the rehearsal, by the rules' clock
	set       time.Time // when that was
	movable   bool
	board     *board
	onTake    func(*hold) // what follows from a seat taken on the day; nil before
}

// theDay is the stage in which the seats are worked.
const theDay = "the day"

// Run rehearses. The error is of what made it stop; what it found wrong while it went on is in the report's checks.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Seats < 1 || o.Merchants < 1 || len(o.Agents) == 0 {
		return nil, errors.New("a rehearsal needs seats, merchants and agents")
	}
	if o.Connections < 1 {
		o.Connections = 16
	}
	r := &run{
		Options: o, server: newServer(o.URL, o.Connections), name: uuid.Must(uuid.NewV7()).String()[24:],
		progress: &progress{w: o.Progress, terminal: o.Terminal, begun: clock.Now()},
		byShift:  map[uuid.UUID]*shift{}, byAgent: map[uuid.UUID]*agent{},
	}
	r.report = &Report{Seed: o.Seed, Agents: len(o.Agents), Merchants: o.Merchants, Seats: o.Seats}
	r.operator = &person{server: r.server, token: o.Operator.Token}
	for i, t := range o.Agents {
		a := &agent{n: i, id: t.AccountID, person: &person{server: r.server, token: t.Token}}
		r.agents = append(r.agents, a)
		r.byAgent[a.id] = a
	}
	begun := clock.Now()
	for _, stage := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"merchants and seat plans", r.demand},
		{"agents", r.prepareAgents},
		{"bookings", r.bookEarly},
		{"planning", r.plan},
		{"offers", r.answerOffers},
		{"claims", r.claimOpen},
		{"the day before", r.dayBefore},
		{theDay, r.work},
		{"settlement", r.settle},
		{"money", r.balance},
		{"audit", r.audit},
	} {
		if err := stage.do(ctx); err != nil {
			return r.report, fmt.Errorf("%s: %w", stage.name, err)
		}
		r.report.Stages = append(r.report.Stages, r.server.endStage(stage.name))
		if r.AtPeak && r.movable && stage.name == theDay {
			m := r.merchants[0]
			r.progress.say("stopped at the peak; who booked most signs in as %s with the password %s", m.email, r.password())
			break
		}
	}
	r.report.Seconds = seconds(clock.Since(begun))
	r.report.Requests, r.report.Waited = r.server.asked, r.server.waited
	r.check("no request was answered with a server's error", r.server.failed == 0, "%d of %d; %s", r.server.failed, r.server.asked, r.server.example)
	if o.Memory != nil {
		r.report.PeakMemory = o.Memory()
	}
	return r.report, nil
}

// draw is a source of choices for one subject: the same for a seed, whatever else was drawn before.
func (r *run) draw(what string, numbers ...int) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, what, numbers)             // a hash takes everything
	return rand.New(rand.NewPCG(r.Seed, h.Sum64())) //nolint:gosec // choices, not secrets
}

// check notes whether something is as it should be. The detail is shown either way.
func (r *run) check(name string, ok bool, format string, args ...any) {
	r.checks.Lock()
	defer r.checks.Unlock()
	r.report.Checks = append(r.report.Checks, Check{Name: name, OK: ok, Detail: fmt.Sprintf(format, args...)})
	if !ok {
		r.progress.say("NOT SO: %s: %s", name, fmt.Sprintf(format, args...))
	}
}

func (r *run) audit(ctx context.Context) error {
	if r.Audit == nil {
		r.report.Skipped = append(r.report.Skipped, "audit: the database is another program's; run peakseat audit there")
		return nil
	}
	found, err := r.Audit(ctx)
	if err != nil {
		return err
	}
	r.report.Audit = &found
	r.check("the audit is clean", len(found.Broken) == 0, "%d checks of %d rows %v", found.Checks, found.Rows, found.Broken)
	r.progress.say("audit: %d checks of %d rows, %d broken", found.Checks, found.Rows, len(found.Broken))
	return nil
}
