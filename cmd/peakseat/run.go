package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"peakseat/internal/app"
	"peakseat/internal/devstack"
)

// runCmd runs the demo: everything on this machine, for people who want to see it.
type runCmd struct {
	Addr    string `default:"127.0.0.1:8080" env:"PEAKSEAT_ADDR" help:"Where the API and the web app listen; port 0 takes a free one."`
	DataDir string `name:"data-dir" placeholder:"DIR" env:"PEAKSEAT_DATA_DIR" help:"Where the embedded stack keeps its data."`
}

// closing is how long commands that joined our PostgreSQL may go on before it stops.
const closing = 3 * time.Second

// Run runs until it is told to stop.
func (c *runCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	fmt.Fprintln(out, "Starting PostgreSQL, NATS and PeakSeat …")
	demo := &demoPages{pages: pages()}
	a, err := app.New(ctx, app.Config{Addr: c.Addr, DataDir: c.DataDir, Migrate: true, Dev: true, Log: log}, demo)
	if errors.Is(err, devstack.ErrInUse) {
		return fmt.Errorf("%w: PeakSeat runs there already; stop it, or choose another directory with --data-dir", err)
	}
	if err != nil {
		return err
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		err = errors.Join(err, a.Close(late))
	}()
	accounts, fresh, err := a.EnsureDemo(ctx)
	if err != nil {
		return fmt.Errorf("make the demo marketplace: %w", err)
	}
	demo.people = accounts
	return a.Run(ctx, func(url string) { welcome(out, url, accounts, fresh) })
}

// demoPages is the web app beside /demo.json, which names the demo's people: the app signs in as them by one click. Nothing
// but run serves it.
type demoPages struct {
	pages  http.Handler
	people []app.DemoAccount // set before anything is served
}

// ServeHTTP serves the demo's people or the app.
func (d *demoPages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/demo.json" {
		d.pages.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"password": app.DemoPassword, "people": d.people}) // the reader may have left
}

// welcome says where to go and who one can be there.
func welcome(out io.Writer, url string, accounts []app.DemoAccount, fresh bool) {
	state := "It keeps what was there before."
	if fresh {
		state = "A demo marketplace was made."
	}
	fmt.Fprintf(out, "\n  PeakSeat 峰席 is running at %s\n\n  Open it in a browser: one click there signs in as each of these. %s\n  在浏览器里打开上面的地址，点一个人就以这个人的身份进去。\n\n", url, state)
	for _, account := range accounts {
		fmt.Fprintf(out, "    %-28s %s\n    %-28s %s\n", account.Email, account.AboutEN, "", account.AboutZH)
	}
	fmt.Fprintf(out, `
  Everybody's password is %[3]s. Without a browser:
    curl -s %[1]s/api/v1/sessions -H 'Content-Type: application/json' \
      -d '{"email": %[2]q, "password": %[3]q}'
    curl -s %[1]s/openapi.json

  %[4]s
  Ctrl-C stops all of it; the data stays.

`, url, accounts[0].Email, app.DemoPassword, strings.TrimSpace("Health: "+url+"/readyz"))
}
