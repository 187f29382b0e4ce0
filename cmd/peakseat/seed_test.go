package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/internal/app"
	"peakseat/internal/dbtest"
	"peakseat/internal/postgres"
)

// peakseat runs the command line and gives its exit status and what it printed.
func peakseat(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append(args, "--log-level", "error"), &out, &errs)
	return code, out.String(), errs.String()
}

func TestSeedThenAudit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := dbtest.URL(t, func(ctx context.Context, url string) error { return postgres.Migrate(ctx, url, app.Modules()...) }, "cmd seed "+dir)
	tokens := filepath.Join(dir, "tokens.jsonl")
	place := []string{"--database", url, "--data-dir", dir}

	code, stdout, stderr := peakseat(t, append([]string{"seed", "--agents", "12", "--seats", "40", "--tokens", tokens}, place...)...)
	if code != 0 || !strings.Contains(stdout, "12 agents and 40 seats in 4 shifts") {
		t.Fatalf("seed ended with %d: %s%s", code, stdout, stderr)
	}
	info, err := os.Stat(tokens)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file of tokens: %v, %v", info, err)
	}
	file, err := os.Open(tokens)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	roles := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var line map[string]string
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line["token"] == "" || line["account_id"] == "" || (line["agent_id"] != "") != (line["role"] == "agent") || (line["merchant_id"] != "") != (line["role"] == "owner") {
			t.Errorf("a line is %v", line)
		}
		roles[line["role"]]++
	}
	if roles["agent"] != 12 || roles["operator"] != 1 || roles["trainer"] != 1 || roles["owner"] != 4 {
		t.Errorf("tokens of %v", roles)
	}

	code, stdout, stderr = peakseat(t, append([]string{"audit", "--json"}, place...)...)
	var report app.AuditReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 0 || !report.Clean || len(report.Checks) < 60 {
		t.Fatalf("audit ended with %d, %v: %s%s", code, err, stdout, stderr)
	}

	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing hangs on it
	if _, err := conn.Exec(t.Context(), `delete from matcher.seat where seat_no = 10`); err != nil {
		t.Fatal(err)
	}
	code, stdout, _ = peakseat(t, append([]string{"audit"}, place...)...)
	if code != 1 || !strings.Contains(stdout, "BROKEN") || !strings.Contains(stdout, "matcher/shift_has_its_seats") {
		t.Errorf("audit of a corrupted database ended with %d: %s", code, stdout)
	}
}

func TestCommandsSayWhatIsWrongWithTheirFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, says string }{
		{"seed --agents 3", "--tokens"},
		{"seed --agents 0 --tokens t", "--agents"},
		{"replay", "--from"},
		{"replay --from yesterday", "2026-11-11T00:00:00+08:00"},
		{"replay --from 2999-01-01T00:00:00Z", "future"},
		{"replay --from 1h --database postgres://nobody@127.0.0.1/none", "--nats"},
	} {
		if code, _, stderr := peakseat(t, strings.Fields(c.args)...); code != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s ended with %d: %s", c.args, code, stderr)
		}
	}
}
