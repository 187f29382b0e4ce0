package test

import (
	"bytes"
	"net/http"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

func TestNothingAcknowledgedIsLostWhenTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	proveKills(t, 300, 200, []float64{0.2}, never)
}

// never is a part that is not reached.
const never = 2

// proveKills storms a program that is killed whenever these parts of its seats are won, and its PostgreSQL at another.
// Clients ask again with the same key until they are answered.
func proveKills(t *testing.T, agents, seats int, kills []float64, postgres float64) time.Duration {
	t.Helper()
	dir := newInstall(t)
	tokens := dir.seeded(t, agents, seats)
	addr := freeAddr(t)
	p := dir.serve(t, addr)
	s := newStorm(t, p.url, tokens)
	s.stubborn, s.closedShare = true, 0.1

	part := func(of float64) int64 { return int64(of * float64(seats)) }
	s.marks = map[int64]chan struct{}{}
	for _, of := range append([]float64{postgres}, kills...) {
		s.marks[part(of)] = make(chan struct{})
	}

	var took time.Duration
	over := make(chan struct{})
	var crowd errgroup.Group
	crowd.Go(func() (err error) {
		defer close(over)
		took, err = s.rage(t.Context(), s.distinctly(s.spread))
		return err
	})
	reached := func(of float64) {
		select {
		case <-s.marks[part(of)]:
		case <-over:
			t.Fatalf("the storm was over after %d of %d seats, before the kill at %d", s.won.Load(), seats, part(of))
		}
	}
	killed := func(what string) {
		won := s.won.Load()
		t.Logf("%s killed after %d of %d seats were won", what, won, seats)
		if won >= int64(seats) {
			t.Errorf("%s was killed when there was nothing more to win", what)
		}
	}
	for _, of := range kills {
		if of > postgres {
			reached(postgres)
			if err := syscall.Kill(p.postgres, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			killed("PostgreSQL")
			postgres = never
		}
		reached(of)
		p.kill()
		killed("the program")
		p = dir.serve(t, addr)
		t.Logf("ready again in %v", p.ready)
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d claims in %v", len(s.history), took)
	s.judge(t)
	s.replays(t)
	dir.audited(t)
	return took
}

// replays: who was told that they won is told the same, byte for byte, when they ask with the same key once more.
func (s *storm) replays(t *testing.T) {
	t.Helper()
	again, retried := 0, 0
	for i := range s.history {
		c := &s.history[i]
		if c.tries > 1 {
			retried++
		}
		if c.status != http.StatusCreated {
			continue
		}
		r := s.claim(t, c.agent, s.shifts[c.shift], c.key)
		if r.status != http.StatusCreated || !r.replayed || !bytes.Equal(r.body, c.body) {
			t.Errorf("the repeat of %s answers %d %s, first %s", c.key, r.status, r.body, c.body)
		}
		again++
	}
	if retried == 0 {
		t.Error("no client had to ask twice: the kill hit nobody")
	}
	t.Logf("%d claims were asked more than once; %d wins repeated byte for byte", retried, again)
}
