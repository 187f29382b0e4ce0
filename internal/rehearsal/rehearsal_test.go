package rehearsal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"peakseat/api/account"
	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/postgres"
	"peakseat/internal/rehearsal"

	"github.com/google/uuid"
)

// A small peak is lived through from the contacts to the money, and everything that is compared agrees.
func TestARehearsalOfASmallPeakFindsNothingWrong(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	list := people(t, s, 160)
	audited := false
	report, err := rehearsal.Run(t.Context(), rehearsal.Options{
		URL: s.URL, Seats: 30, Merchants: 3, Seed: 1, Connections: 8, Operator: list[0], Agents: list[1:], Progress: testLog{t},
		Audit: func(ctx context.Context) (rehearsal.Audit, error) {
			audited = true
			found, failed := app.Audit(ctx, app.Config{DatabaseURL: s.DB.URL, DataDir: t.TempDir()}, time.Minute)
			if failed != nil {
				return rehearsal.Audit{}, failed
			}
			a := rehearsal.Audit{Checks: len(found.Checks)}
			for _, c := range found.Checks {
				if c.Broken > 0 {
					a.Broken = append(a.Broken, fmt.Sprint(c))
				}
			}
			return a, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if !c.OK {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
	// a rehearsal in which nothing happened would find nothing wrong either; now and then everybody comes
	if !audited || report.Offers.Accepted == 0 || report.Claims.Won == 0 || report.Day.Worked == 0 || report.Day.Late+report.Day.NoShows == 0 || report.Settlement.ByDeadline == 0 || report.Money.Commission == 0 {
		t.Errorf("the rehearsal did not come to everything: %+v", report)
	}
	if printed := report.String(); !strings.Contains(printed, "Fill by the hour") || strings.Contains(printed, "NOT SO") {
		t.Errorf("the report reads:\n%s", printed)
	}
}

// Stopped at the peak, everybody is at work and nobody was paid.
func TestARehearsalStopsAtThePeak(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	list := people(t, s, 60)
	var said strings.Builder
	report, err := rehearsal.Run(t.Context(), rehearsal.Options{
		URL: s.URL, Seats: 10, Merchants: 1, Seed: 1, Connections: 8, Operator: list[0], Agents: list[1:], AtPeak: true, Progress: &said,
	})
	if err != nil {
		t.Fatal(err)
	}
	var present int
	if err := postgres.InTx(t.Context(), s.App.Pools.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select count(*) from matcher.assignment where state = 'present'`).Scan(&present).Error
	}); err != nil {
		t.Fatal(err)
	}
	if present < 5 || report.Settlement.Timesheets != 0 || !strings.Contains(said.String(), "who booked most signs in as merchant-1-") {
		t.Errorf("%d at work, %d timesheets judged; said %s", present, report.Settlement.Timesheets, said.String())
	}
}

// people makes an operator and agents.
func people(t *testing.T, s *apitest.Stack, agents int) (list []rehearsal.Token) {
	t.Helper()
	people := []account.SeedAccount{{Email: "operator@example.com", Name: "彩排", Role: auth.Operator}}
	for i := range agents {
		people = append(people, account.SeedAccount{Email: fmt.Sprintf("agent-%d@example.com", i), Name: "彩排", Role: auth.Agent})
	}
	err := postgres.InTx(t.Context(), s.App.Pools.System, func(tx *postgres.Tx) error {
		if err := s.App.Account.SeedAccounts(tx, app.SeedPassword, people); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(people))
		for i, p := range people {
			ids[i] = p.ID
		}
		tokens, err := s.App.Account.MintTokens(tx, ids, auth.SeedTokenTTL)
		for _, id := range ids {
			list = append(list, rehearsal.Token{AccountID: id, Token: tokens[id]})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// testLog writes progress to the test's log.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(line), "\n"))
	return len(line), nil
}
