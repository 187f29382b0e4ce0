package certification_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/certification"
	"peakseat/certification/badge"
	"peakseat/certification/standing"
	"peakseat/internal/apitest"
	"peakseat/internal/fact"
)

func (b *board) finished(assignment uuid.UUID) fact.AssignmentFinished {
	return fact.AssignmentFinished{
		AssignmentID: assignment.String(), ShiftID: uuid.NewString(), BookingID: uuid.NewString(), MerchantID: uuid.NewString(), AgentID: b.agent.AccountID.String(),
		Minutes: 240, PayPerHour: 3000, Currency: "CNY", Events: []fact.AttendanceEvent{}, RulesVersion: 1,
	}
}

func (b *board) missed(assignment uuid.UUID) fact.AgentMissing {
	return fact.AgentMissing{
		AssignmentID: assignment.String(), ShiftID: uuid.NewString(), BookingID: uuid.NewString(), MerchantID: uuid.NewString(), AgentID: b.agent.AccountID.String(), Seat: 1,
	}
}

func (b *board) cameLate(t *testing.T, assignment uuid.UUID) fact.AgentCheckedIn {
	t.Helper()
	return fact.AgentCheckedIn{
		AssignmentID: assignment.String(), ShiftID: uuid.NewString(), BookingID: uuid.NewString(), MerchantID: uuid.NewString(), AgentID: b.agent.AccountID.String(),
		At: b.Now(t), Late: true,
	}
}

func (b *board) tier(t *testing.T, at string) (tier certification.Tier) {
	t.Helper()
	b.agent.Get(t, "/me/tier"+at).Want(t, 200).Into(t, &tier)
	return tier
}

// standsAt waits until so many shifts count, and more is so.
func (b *board) standsAt(t *testing.T, shifts int, score float64) (tier certification.Tier) {
	t.Helper()
	apitest.Until(t, "the tier follows", func() bool {
		tier = b.tier(t, "")
		return tier.Shifts == shifts && (score == 0 || tier.Score == score)
	})
	return tier
}

// From bronze to gold by work, which adds a level to what credentials grant; down by missed shifts, and up again by an
// appeal as if they never were. Every step explains itself, and any date can be asked for.
func TestTierMovesAndExplainsItself(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.issue(t)
	b.knows(t, 3)
	b.tells(t, b.graded(uuid.New(), 1, 9000))
	for range 29 {
		b.tells(t, b.finished(uuid.New()))
	}
	silver := b.standsAt(t, 29, 87.79)
	if silver.Tier != standing.Silver || silver.Next == nil || silver.Next.Tier != standing.Gold || silver.Next.Shifts != 1 || len(silver.Next.Ways) != 1 || !strings.HasPrefix(silver.Next.Ways[0], "1 more shifts") {
		t.Errorf("one shift before gold: %+v, %+v", silver, silver.Next)
	}
	b.tells(t, b.finished(uuid.New()))
	gold := b.standsAt(t, 30, 87.85)
	if gold.Tier != standing.Gold || gold.LevelBonus != 1 || len(gold.Path) != 2 {
		t.Errorf("after 30 shifts: %+v", gold)
	}
	b.knows(t, 4)
	b.MoveTo(t, b.Now(t).Add(24*time.Hour))

	missed := make([]uuid.UUID, 8)
	for i := range missed {
		missed[i] = uuid.New()
		b.tells(t, b.missed(missed[i]))
	}
	low := b.standsAt(t, 38, 0)
	if low.Tier != standing.Silver || low.Score >= 75 {
		t.Errorf("after eight missed: %+v", low)
	}
	b.knows(t, 3)
	if then := b.tier(t, "?at="+gold.At.UTC().Format(time.RFC3339Nano)); then.Tier != standing.Gold || then.Score != gold.Score || then.Next != nil {
		t.Errorf("yesterday: %+v", then)
	}

	// five of them were the platform's fault
	for range 5 {
		list := b.agent.Get(t, "/penalties").Want(t, 200)
		i := 0
		for list.At("items", i, "appeal_id") != nil {
			i++
		}
		id := list.Text("items", i, "id")
		b.operator.Post(t, "/penalties/"+id+"/decision", map[string]any{"upheld": true, "reason": "no appeal yet"}).WantProblem(t, 409, "nothing_to_appeal")
		b.agent.Post(t, "/penalties/"+id+"/appeal", map[string]any{"reason": "the line was down"}).Want(t, 201)
		b.agent.Post(t, "/penalties/"+id+"/appeal", map[string]any{"reason": "again"}).WantProblem(t, 409, "appealed_already")
		if n := b.operator.Get(t, "/penalties?waiting=true").Want(t, 200).Len("items"); n != 1 {
			t.Errorf("%d appeals wait", n)
		}
		b.operator.Post(t, "/penalties/"+id+"/decision", map[string]any{"upheld": true, "reason": "our outage"}).Want(t, 200)
		b.operator.Post(t, "/penalties/"+id+"/decision", map[string]any{"upheld": false, "reason": "again"}).WantProblem(t, 409, "appeal_decided")
	}
	b.knows(t, 4)
	again := b.tier(t, "")
	if again.Tier != standing.Gold || len(again.Path) != 2 {
		t.Errorf("after the appeals: %+v", again)
	}
	changes := b.agent.Get(t, "/me/tier-changes").Want(t, 200)
	for i, want := range []string{"From silver to gold: it was computed anew", "From gold to silver: a missed shift;", "From silver to gold: a shift was finished; 87.85 points, 30 shifts (rules version 1).", "From bronze to silver: a shift was finished;"} {
		if !strings.HasPrefix(changes.Text("items", i, "text"), want) {
			t.Errorf("change %d says %q, want %q", i, changes.Text("items", i, "text"), want)
		}
	}
	if n := b.Facts(t, fact.TierChanged{}.Type()); n != 4 || changes.Len("items") != 4 {
		t.Errorf("told of %d changes, kept %d", n, changes.Len("items"))
	}
}

// Facts that come late, twice or in another order come to the same tier.
func TestTierDoesNotDependOnTheOrderOfFacts(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.issue(t)
	late := uuid.New()
	facts := []fact.Fact{b.finished(late), b.cameLate(t, late)}
	for range 9 {
		facts = append(facts, b.finished(uuid.New()))
	}
	b.tells(t, facts[5:]...)
	b.tells(t, facts[:5]...)
	b.tells(t, facts...)
	got := b.standsAt(t, 10, 65.33) // 1300/15 of 50, 10, 60% of 20
	if got.Tier != standing.Silver {
		t.Errorf("%+v", got)
	}
}

// A credential that ends takes its points by time alone.
func TestTierFollowsTheEndOfACredential(t *testing.T) {
	t.Parallel()
	b := open(t)
	c := b.issue(t)
	late := uuid.New()
	b.tells(t, b.cameLate(t, late), b.finished(late))
	for range 9 {
		b.tells(t, b.finished(uuid.New()))
	}
	if got := b.standsAt(t, 10, 65.33); got.Tier != standing.Silver { // 53.33 without the credential
		t.Fatalf("%+v", got)
	}
	b.MoveTo(t, b.Now(t).AddDate(0, 0, 366))
	b.state(t, c.Text("public_id"), badge.Expired)
	apitest.Until(t, "the change is kept", func() bool { return b.agent.Get(t, "/me/tier-changes").Want(t, 200).Len("items") == 2 })
	if cause := b.agent.Get(t, "/me/tier-changes").Text("items", 0, "cause"); cause != "credential_out" {
		t.Errorf("the cause is %s", cause)
	}
}
