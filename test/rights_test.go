package test

import (
	"strings"
	"testing"

	"peakseat/internal/apitest"
	"peakseat/internal/postgres"
)

// Nothing of all schemas breaks what the program asks of its roles when it starts, but that the tests' server forgets in a
// crash.
func TestTheWholeDatabasePassesTheBootCheck(t *testing.T) {
	t.Parallel()
	err := postgres.Check(t.Context(), apitest.Start(t).App.Pools.System)
	if err == nil {
		t.Fatal("nothing was asked: the tests' server has fsync off")
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.Contains(line, "or a crash loses what was answered") {
			t.Error(line)
		}
	}
}
