package billing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"peakseat/billing"
	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// programURL names the variable with the database of billing as a process of its own.
const programURL = "PEAKSEAT_BILLING_PROGRAM"

// serve takes steps from standard input until its end, one JSON object a line, and answers on standard output.
func serve(url string) int {
	ctx := context.Background()
	w := &world{bookings: map[uuid.UUID]billing.QuotedBooking{}, pools: dbtest.Pools{URL: url}}
	for role, pool := range map[postgres.Role]**postgres.DB{postgres.App: &w.pools.App, postgres.System: &w.pools.System} {
		db, err := postgres.Open(ctx, url, role, postgres.Options{MaxConns: 2})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		*pool = db
	}
	w.billing = billing.New(billing.Deps{App: w.pools.App, System: w.pools.System, Bookings: w, InstantGateway: true})
	for in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout); ; {
		var s step
		err := in.Decode(&s) //nolint:musttag // both ends are this binary
		if err == nil {
			err = out.Encode(w.take(ctx, s)) //nolint:musttag // both ends are this binary
		}
		if errors.Is(err, io.EOF) {
			return 0
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// program is billing as a process of its own, which is killed now and then in the midst of a transaction, as are its
// connections and its PostgreSQL. Who asks it repeats what was not answered with the same key until it is.
type program struct {
	t          testing.TB
	url        string
	postmaster func() int // nil: PostgreSQL is left alone
	random     *rand.Rand
	every      int // calls to a kill, about

	cmd   *exec.Cmd
	in    *json.Encoder
	out   *json.Decoder
	close func()

	armed   string // what is killed next
	next    int    // calls until that
	turn    int
	backend int // of the transaction that was seen last
	asked   int
	kills   map[string]int
	lost    int // answers of what was done
	admin   *pgx.Conn
	killer  sync.WaitGroup
}

func startProgram(t testing.TB, url string, every int) *program {
	t.Helper()
	p := &program{t: t, url: url, random: rand.New(rand.NewPCG(5, 1)), every: every, next: every, kills: map[string]int{}}
	p.start()
	return p
}

func (p *program) start() {
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), programURL+"="+p.url)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	must(p.t, err)
	out, err := p.cmd.StdoutPipe()
	must(p.t, err)
	must(p.t, p.cmd.Start())
	p.in, p.out, p.close = json.NewEncoder(in), json.NewDecoder(out), func() { _ = in.Close() }
}

// end ends it, if it was not killed.
func (p *program) end() {
	p.close()
	_ = p.cmd.Wait() // it may have been killed
}

// do asks until there is an answer.
func (p *program) do(s step) (o outcome) {
	p.asked++
	if p.next--; p.next <= 0 && p.armed == "" {
		p.armed = p.victim()
	}
	for repeated := false; ; repeated = true {
		if p.armed != "" {
			p.await()
		}
		err := p.ask(s, &o)
		if err == nil && !o.Down {
			o.Repeated = repeated
			if o.Replayed {
				p.lost++
			}
			return o
		}
		if p.t.Context().Err() != nil {
			p.t.Fatalf("%s is never answered: %v %s", s.Op, err, o.Failure)
		}
		if err != nil { // it died
			p.end()
			p.start()
		}
		p.await()
	}
}

// ask asks once. What is armed is killed before the answer, if a transaction that writes is seen in time.
func (p *program) ask(s step, o *outcome) error {
	*o = outcome{}
	if p.armed != "" {
		ctx, answered := context.WithCancel(p.t.Context())
		defer p.killer.Wait()
		defer answered()
		p.killer.Go(func() { p.kill(ctx, 1+p.random.IntN(3), p.random.IntN(2) == 0) })
	}
	if err := p.in.Encode(s); err != nil { //nolint:musttag // both ends are this binary
		return err
	}
	return p.out.Decode(o) //nolint:musttag // both ends are this binary
}

// victim is who is killed next: in turn, PostgreSQL now and then.
func (p *program) victim() string {
	p.turn++
	switch {
	case p.postmaster != nil && p.turn%16 == 0:
		return "PostgreSQL"
	case p.turn%2 == 0:
		return "connection"
	}
	return "program"
}

// kill looks at transactions that have written: it kills at the sight of so many, or as soon as these are over, when
// perhaps nobody was told yet.
func (p *program) kill(ctx context.Context, sights int, afterwards bool) {
	for ctx.Err() == nil {
		var found int
		err := p.admin.QueryRow(p.t.Context(), `select pid from pg_stat_activity where datname = current_database() and backend_xid is not null
			and application_name like 'peakseat/%' limit 1`).Scan(&found)
		none := errors.Is(err, pgx.ErrNoRows)
		switch {
		case err != nil && !none:
			return // its own connection has gone
		case !none:
			p.backend = found
			sights--
		}
		if sights > 0 || none != afterwards {
			continue
		}
		switch p.armed {
		case "program":
			err = p.cmd.Process.Kill()
		case "PostgreSQL":
			err = syscall.Kill(p.postmaster(), syscall.SIGKILL)
		case "connection":
			_, err = p.admin.Exec(p.t.Context(), `select pg_terminate_backend($1)`, p.backend)
		}
		if err != nil {
			p.t.Errorf("kill the %s: %v", p.armed, err)
		}
		p.kills[p.armed]++
		p.armed, p.next = "", p.every/2+p.random.IntN(p.every)
		return
	}
}

// await returns when PostgreSQL accepts connections.
func (p *program) await() {
	for {
		if p.admin != nil && !p.admin.IsClosed() && p.admin.Ping(p.t.Context()) == nil {
			return
		}
		limit, cancel := context.WithTimeout(p.t.Context(), time.Minute)
		var err error
		p.admin, err = pgx.Connect(limit, p.url)
		cancel()
		if err != nil && p.t.Context().Err() != nil {
			p.t.Fatal(err)
		}
		if err != nil {
			pause(p.t.Context(), 20*time.Millisecond)
		}
	}
}

// pause is between two looks at a server that starts.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
