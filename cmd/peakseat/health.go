package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// healthCmd asks a running program whether it is well, for images that hold no other program to ask with.
type healthCmd struct {
	URL     string        `arg:"" default:"http://127.0.0.1:8080/readyz" help:"What to ask: ${default}, or /metrics of the admin address where no API is served."`
	Timeout time.Duration `default:"3s" help:"How long the answer may take."`
}

// Help is shown by "peakseat health --help".
func (*healthCmd) Help() string { return `Exit status: 0 where the answer is 2xx, else 1.` }

// mostHealth is how much of a refusal is shown.
const mostHealth = 4 << 10

// Run asks.
func (c *healthCmd) Run(ctx context.Context, out output) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return badInput{err}
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("not well: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	if answer.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, mostHealth)) // as much as came
		return fmt.Errorf("not well: %s: %s", answer.Status, said)
	}
	_, err = fmt.Fprintln(out, "well:", answer.Status)
	return err
}
