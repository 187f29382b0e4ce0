package academy_test

import (
	"slices"
	"testing"

	"peakseat/academy"
	"peakseat/internal/guardtest"
	"peakseat/internal/postgres"
)

// What the database refuses whoever writes it, a row each.
func TestGuardsRefuse(t *testing.T) {
	t.Parallel()
	guards().Refuses(t)
}

// Who may do what to whose rows by plain SQL, whatever a handler forgets.
func TestGuardsAdmit(t *testing.T) {
	t.Parallel()
	guards().Admits(t)
}

// guards joins what the parts of the academy say of their tables; each has a file of its own.
func guards() guardtest.Schema {
	all := guardtest.Schema{Name: "academy", Modules: []postgres.Module{academy.Module()}}
	for _, part := range []guardtest.Schema{
		bankGuards(),
		placementGuards(),
		courseGuards(),
		simulationGuards(),
		assessmentGuards(),
		playGuards(),
		attemptGuards(),
		trialGuards(),
		packGuards(),
	} {
		all.Fixture += part.Fixture
		all.Breaks = slices.Concat(all.Breaks, part.Breaks)
		all.References = slices.Concat(all.References, part.References)
		all.AppendOnly = slices.Concat(all.AppendOnly, part.AppendOnly)
		all.Undeletable = slices.Concat(all.Undeletable, part.Undeletable)
		all.Unchanging = slices.Concat(all.Unchanging, part.Unchanging)
		all.Erasable = slices.Concat(all.Erasable, part.Erasable)
		all.Nullable = slices.Concat(all.Nullable, part.Nullable)
	}
	return all
}
