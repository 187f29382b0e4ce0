package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/clock"
)

// seedCmd makes a marketplace of made-up people and a token for each, so that a storm needs no logins.
type seedCmd struct {
	database
	KeysDir          string `placeholder:"DIR" env:"PEAKSEAT_KEYS_DIR" help:"Keys of tokens and sealed columns, those of the server that will take the tokens; absent: DATA_DIR/keys."`
	Agents           int    `default:"300" help:"How many agents."`
	Seats            int    `default:"120" help:"How many seats, in open shifts of ten. In each stretch of three hours lie four shifts that overlap."`
	Merchants        int    `placeholder:"N" help:"How many merchants book them; absent: one a booking, at most eight."`
	EveryoneEligible bool   `help:"Every agent may take every seat. Else a long tail: most agents few of them, some many."`
	Tokens           string `required:"" placeholder:"FILE" help:"Where to write the tokens, one JSON object a line, good for 12 hours: {role, account_id, agent_id?, merchant_id?, token}."`
}

// Help says what it is for.
func (seedCmd) Help() string {
	return `Fills a development database: merchants with funded and confirmed bookings, agents with
tags and limits, a trainer and an operator. It refuses a database that holds real accounts. A second seed adds to the first.

  peakseat seed --agents 20000 --seats 2000 --tokens tokens.jsonl
  peakseat seed --database postgres://.../peakseat --keys-dir keys --agents 300 --seats 60 --everyone-eligible --tokens t.jsonl`
}

// Run seeds.
func (c *seedCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	if c.Agents < 1 || c.Seats < 1 || c.Merchants < 0 {
		return badInput{errors.New("--agents and --seats are at least 1")}
	}
	begun := clock.Now()
	a, err := app.Offline(ctx, app.Config{DatabaseURL: c.DatabaseURL, DataDir: c.DataDir, KeysDir: c.KeysDir, Migrate: c.DatabaseURL == "", Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	file, err := os.CreateTemp(filepath.Dir(c.Tokens), ".tokens-*") // before anything is made, in case it cannot be written
	if err != nil {
		return fmt.Errorf("write the tokens: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }() // where it was not renamed
	made, err := a.Seed(ctx, app.SeedOptions{Agents: c.Agents, Seats: c.Seats, Merchants: c.Merchants, EveryoneEligible: c.EveryoneEligible},
		func(format string, args ...any) {
			fmt.Fprintf(out, "%6.1f s  %s\n", clock.Since(begun).Seconds(), fmt.Sprintf(format, args...))
		})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if err := writeTokens(file, made.Tokens); err != nil {
		return fmt.Errorf("write the tokens: %w", err)
	}
	if err := os.Rename(file.Name(), c.Tokens); err != nil {
		return fmt.Errorf("write the tokens: %w", err)
	}
	fmt.Fprintf(out, `%d agents and %d seats in %d shifts, from %s to %s; the password of all accounts is %s.
%s holds a token a line, good for %v. Next: peakseat serve, and with a token of role "agent":
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/hall
`, made.Agents, made.Seats, made.Shifts, made.From.Format(time.RFC3339), made.To.Format(time.RFC3339), app.SeedPassword, c.Tokens, auth.SeedTokenTTL)
	return nil
}

func writeTokens(file *os.File, tokens []app.SeededToken) error {
	buffered := bufio.NewWriter(file)
	lines := json.NewEncoder(buffered)
	for _, t := range tokens {
		if err := lines.Encode(t); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(buffered.Flush(), file.Close())
}
