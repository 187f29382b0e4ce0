package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"peakseat/api"
	"peakseat/api/account"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
	"peakseat/internal/rehearsal"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// rehearseCmd runs the main job of a marketplace from the outside, and tells how it went.
type rehearseCmd struct {
	Agents      int    `default:"18000" help:"How many certified agents. With --tokens: as many as it holds, at most so many."`
	Seats       int    `default:"2000" help:"How many seats are booked at once in the peak's half hour."`
	Merchants   int    `default:"12" help:"How many merchants book them."`
	Seed        uint64 `default:"1" help:"Of all choices that people make."`
	Connections int    `default:"16" help:"How many requests at once."`
	URL         string `name:"url" placeholder:"URL" help:"A running server; absent: an embedded stack of its own, gone afterwards."`
	Tokens      string `placeholder:"FILE" help:"With --url: the tokens that peakseat seed wrote, of an operator and agents."`
	DataDir     string `name:"data-dir" placeholder:"DIR" help:"Keep the embedded stack's data in this empty directory, to look at afterwards."`
	Until       string `default:"end" enum:"end,peak" help:"Where to stop: end, or peak, in the middle of the busiest half hour, to look at boards and lists while they are full."`
	JSON        bool   `name:"json" help:"Print the report as JSON."`
}

// Help says what it is for.
func (*rehearseCmd) Help() string {
	return `Real arrivals of a retailer's week before Christmas become contacts of several merchants; the seat planner turns them
into windows; merchants book and pay; agents say what they can do; a plan sends offers; agents accept, refuse, ignore and
claim; the day is worked with lateness, no-shows and replacements; timesheets are approved, disputed and ruled. What
people were told is compared with what the program says, the money must add up to the fen, and the audit must be clean:
else the exit status is 1.

  peakseat rehearse
  peakseat rehearse --agents 300 --seats 60 --merchants 4
  peakseat rehearse --url http://127.0.0.1:8080 --tokens tokens.jsonl --until peak

Against its own stack it makes the agents' accounts as peakseat seed does, and grants tags and says availability over the
API. Against a server it uses the agents of peakseat seed with the tags they have; the day needs --dev there, since the
rules' clock is moved, and the audit is left to peakseat audit.`
}

// errNotSo is exit status 1; the report says what is not as it should be.
var errNotSo = errors.New("the rehearsal found something that is not as it should be")

// Run rehearses.
func (c *rehearseCmd) Run(ctx context.Context, out output, log *slog.Logger) error {
	if c.Agents < 1 || c.Seats < 1 || c.Merchants < 1 || c.Connections < 1 {
		return badInput{errors.New("--agents, --seats, --merchants and --connections are at least 1")}
	}
	if (c.URL == "") != (c.Tokens == "") {
		return badInput{errors.New("--url and --tokens go together")}
	}
	terminal := false
	if info, err := os.Stderr.Stat(); err == nil {
		terminal = info.Mode()&os.ModeCharDevice != 0
	}
	o := rehearsal.Options{
		Seats: c.Seats, Merchants: c.Merchants, Seed: c.Seed, Connections: c.Connections, AtPeak: c.Until == "peak", Progress: os.Stderr, Terminal: terminal,
	}
	rehearse := c.onOwnStack
	if c.URL != "" {
		rehearse = c.onServer
	}
	report, err := rehearse(ctx, o, log)
	if report != nil {
		err = errors.Join(err, c.print(out, report))
	}
	if err == nil && !report.OK() {
		return errNotSo
	}
	return err
}

func (c *rehearseCmd) print(out io.Writer, report *rehearsal.Report) error {
	if !c.JSON {
		_, err := io.WriteString(out, report.String())
		return err
	}
	lines := json.NewEncoder(out)
	lines.SetIndent("", "  ")
	return lines.Encode(report)
}

// onServer rehearses on a running server with the people of a seed.
func (c *rehearseCmd) onServer(ctx context.Context, o rehearsal.Options, _ *slog.Logger) (*rehearsal.Report, error) {
	o.URL, o.Prepared = strings.TrimRight(c.URL, "/"), true
	file, err := os.Open(c.Tokens)
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := json.NewDecoder(bufio.NewReader(file))
	for {
		var t app.SeededToken
		err := lines.Decode(&t)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badInput{fmt.Errorf("%s is not what peakseat seed writes: %w", c.Tokens, err)}
		}
		token := rehearsal.Token{AccountID: t.AccountID, Token: t.Token}
		switch {
		case t.Role == auth.Operator:
			o.Operator = token
		case t.Role == auth.Agent && len(o.Agents) < c.Agents:
			o.Agents = append(o.Agents, token)
		}
	}
	if o.Operator.Token == "" || len(o.Agents) == 0 {
		return nil, badInput{fmt.Errorf("%s holds no operator or no agents", c.Tokens)}
	}
	return rehearsal.Run(ctx, o)
}

// onOwnStack rehearses on an embedded stack that lives as long as the rehearsal.
func (c *rehearseCmd) onOwnStack(ctx context.Context, o rehearsal.Options, log *slog.Logger) (report *rehearsal.Report, err error) {
	dir := c.DataDir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "peakseat-rehearsal-"); err != nil {
			return nil, fmt.Errorf("make a directory for the stack: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		if err = os.Chmod(dir, 0o711); err != nil { //nolint:gosec // where root rehearses, PostgreSQL runs as another account and must get through
			return nil, fmt.Errorf("open the stack's directory: %w", err)
		}
	}
	cfg := app.Config{
		Addr: "127.0.0.1:0", DataDir: filepath.Join(dir, "stack"), Migrate: true, Dev: true, Log: log,
		// one operator certifies everybody, which no person could do as fast
		Limits: api.Limits{PerAccount: 5000, Burst: 5000, PerAddress: 5000, AtOnce: 5000},
	}
	a, err := app.New(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	o.Operator, o.Agents, err = makePeople(ctx, a, c.Agents)
	if err != nil {
		return nil, err
	}
	o.URL, o.Memory = a.URL(), peakRSS
	cfg.DatabaseURL = a.Stack.URL
	o.Audit = func(ctx context.Context) (rehearsal.Audit, error) { return auditRehearsal(ctx, cfg) }

	serving, stop := context.WithCancel(ctx)
	defer stop()
	g, serving := errgroup.WithContext(serving)
	g.Go(func() error { return a.Run(serving, nil) })
	g.Go(func() (err error) {
		defer stop()
		report, err = rehearsal.Run(serving, o)
		return err
	})
	return report, g.Wait()
}

// makePeople makes an operator and agents as a seed does: they share one password hash, since thousands would take an hour.
func makePeople(ctx context.Context, a *app.App, agents int) (operator rehearsal.Token, list []rehearsal.Token, err error) {
	people := []account.SeedAccount{{Email: "operator@rehearsal.peakseat.test", Name: "彩排", Role: auth.Operator}}
	for i := range agents {
		people = append(people, account.SeedAccount{Email: fmt.Sprintf("agent-%d@rehearsal.peakseat.test", i+1), Name: "彩排", Role: auth.Agent})
	}
	err = postgres.InTx(ctx, a.Pools.System, func(tx *postgres.Tx) error { //nolint:contextcheck,nolintlint // a transaction carries its context
		if failed := a.Account.SeedAccounts(tx, app.SeedPassword, people); failed != nil {
			return failed
		}
		ids := make([]uuid.UUID, len(people))
		for i, p := range people {
			ids[i] = p.ID
		}
		tokens, failed := a.Account.MintTokens(tx, ids, auth.SeedTokenTTL)
		list = nil
		for _, id := range ids {
			list = append(list, rehearsal.Token{AccountID: id, Token: tokens[id]})
		}
		return failed
	})
	if err != nil {
		return operator, nil, fmt.Errorf("make the people: %w", err)
	}
	return list[0], list[1:], nil
}

func auditRehearsal(ctx context.Context, cfg app.Config) (rehearsal.Audit, error) {
	report, err := app.Audit(ctx, cfg, auditOutboxAge)
	if err != nil {
		return rehearsal.Audit{}, err
	}
	found := rehearsal.Audit{Checks: len(report.Checks)}
	for _, check := range report.Checks {
		found.Rows += check.Checked
		if check.Broken > 0 {
			what := fmt.Sprintf("%s: %d", check.Name, check.Broken)
			if len(check.Examples) > 0 {
				what += ", " + check.Examples[0].Subject + " " + check.Examples[0].Detail
			}
			found.Broken = append(found.Broken, what)
		}
	}
	return found, nil
}

// auditOutboxAge is how long a fact may wait at the end of a rehearsal.
const auditOutboxAge = time.Minute
