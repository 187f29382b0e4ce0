package certification_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/certification"
	"peakseat/certification/badge"
	"peakseat/internal/apitest"
	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// tells writes facts as the academy does.
func (b *board) tells(t *testing.T, facts ...fact.Fact) {
	t.Helper()
	if err := postgres.InTx(t.Context(), b.DB.System, func(tx *postgres.Tx) error { return outbox.Append(tx, facts...) }); err != nil {
		t.Fatal(err)
	}
}

func (b *board) graded(attempt uuid.UUID, seq, score int) fact.AttemptGraded {
	return fact.AttemptGraded{AttemptID: attempt.String(), AgentID: b.agent.AccountID.String(), PaperID: uuid.NewString(), Code: "exam", Version: 1, Seq: seq, Score: score, Passed: score >= 6000}
}

func (b *board) course() fact.CourseCompleted {
	return fact.CourseCompleted{AgentID: b.agent.AccountID.String(), CourseID: uuid.NewString(), Code: "base", Version: 1}
}

func (b *board) simulated(score int) fact.SimulationScored {
	return fact.SimulationScored{RunID: uuid.NewString(), AgentID: b.agent.AccountID.String(), Code: "sim", Version: 1, Score: score, Passed: true}
}

func (b *board) tried(passed bool) fact.TrialAssessed {
	return fact.TrialAssessed{TrialID: uuid.NewString(), AgentID: b.agent.AccountID.String(), ShiftID: uuid.NewString(), Code: "card", Score: 9000, Passed: passed}
}

// full asks for all four inputs.
func full(code string) map[string]any {
	return terms(map[string]any{
		"code": code, "requirements": []any{
			map[string]any{"kind": "course", "ref": "base"},
			map[string]any{"kind": "paper", "ref": "exam", "score": 80},
			map[string]any{"kind": "simulation", "ref": "sim", "score": 70},
			map[string]any{"kind": "trial_shift", "ref": "card", "count": 2},
		},
		"renewal_requirements": []any{map[string]any{"kind": "paper", "ref": "exam", "score": 80}},
	})
}

// way is the agent's progress towards a template.
func (b *board) way(t *testing.T, code string) (p certification.Progress) {
	t.Helper()
	var list struct{ Items []certification.Progress }
	b.agent.Get(t, "/me/credential-progress").Want(t, 200).Into(t, &list)
	i := slices.IndexFunc(list.Items, func(p certification.Progress) bool { return p.Code == code })
	if i < 0 {
		t.Fatalf("no way to %s among %v", code, list.Items)
	}
	return list.Items[i]
}

func (b *board) wayIs(t *testing.T, code string, state certification.ProgressState, missing int) certification.Progress {
	t.Helper()
	var p certification.Progress
	apitest.Until(t, "the way to "+code+" is "+string(state), func() bool {
		p = b.way(t, code)
		return p.State == state && p.Missing == missing
	})
	return p
}

// From nothing to a credential that nobody issued; and on, to one that needs it.
func TestLastRequirementIssues(t *testing.T) {
	t.Parallel()
	b := open(t)
	template := b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201).Text("id")
	b.first.Post(t, "/credential-templates", terms(map[string]any{
		"code": "senior", "requirements": []any{map[string]any{"kind": "credential", "ref": "agent"}},
		"grants": []any{map[string]any{"tag": "function/presale", "level": 5}},
	})).Want(t, 201)
	attempt := uuid.New()
	b.tells(t, b.course(), b.graded(attempt, 1, 7250), b.simulated(8000), b.tried(false), b.tried(true))
	p := b.wayIs(t, "agent", certification.ProgressOpen, 2)
	if p.Inputs != (certification.Inputs{Training: certification.Input{Met: 1, Of: 1}, Exam: certification.Input{Of: 1}, Simulation: certification.Input{Met: 1, Of: 1}, Trial: certification.Input{Of: 1}}) {
		t.Errorf("the inputs are %+v", p.Inputs)
	}
	if exam := p.Requirements[1]; exam.Best == nil || *exam.Best != 72.5 || exam.Next != "Take the exam exam and score at least 80% (your best is 72.5%)." {
		t.Errorf("the exam says %+v", exam)
	}
	b.tells(t, b.graded(attempt, 2, 8000)) // the second grader
	b.wayIs(t, "agent", certification.ProgressOpen, 1)
	b.tells(t, b.graded(attempt, 3, 7999)) // an appeal of somebody else's, corrected downwards
	b.wayIs(t, "agent", certification.ProgressOpen, 2)
	b.tells(t, b.graded(attempt, 2, 8000)) // told again
	b.tells(t, b.tried(true))
	b.wayIs(t, "agent", certification.ProgressOpen, 1)
	board := b.first.Get(t, "/credential-templates/"+template+"/candidates").Want(t, 200)
	if board.Len("items") != 1 || board.Int("items", 0, "inputs", "trial", "met") != 1 || board.Int("items", 0, "inputs", "exam", "met") != 0 {
		t.Errorf("the board shows %v", board.At("items"))
	}
	b.tells(t, b.graded(uuid.New(), 1, 8000))
	b.wayIs(t, "agent", certification.ProgressHeld, 1)
	b.wayIs(t, "senior", certification.ProgressHeld, 0)
	b.knows(t, 5)
	mine := b.agent.Get(t, "/credentials").Want(t, 200)
	if mine.Len("items") != 2 {
		t.Errorf("the agent has %v", mine.At("items"))
	}
	b.state(t, mine.Text("items", 1, "public_id"), badge.Valid)
	b.first.Get(t, "/agents/"+uuid.NewString()+"/credential-progress").WantProblem(t, 404, "not_found")
}

// Whatever comes when and how often, one credential is issued.
func TestFactsInAnyOrderIssueOnce(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201)
	consumer := b.App.Certification.Consumers()[0]
	attempt := uuid.New()
	facts := []fact.Fact{b.course(), b.graded(attempt, 1, 5000), b.graded(attempt, 2, 9000), b.simulated(9000), b.tried(true), b.tried(true)}
	slices.Reverse(facts)
	// beside the program's own consumer, as if a second one had taken over too early
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			for _, f := range facts {
				e := envelope(t, f, b.Now(t))
				if err := postgres.InTx(t.Context(), b.DB.System, func(tx *postgres.Tx) error { return consumer.Act(tx, e) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	b.tells(t, facts...)
	g.Wait()
	b.wayIs(t, "agent", certification.ProgressHeld, 1)
	if n := b.Facts(t, fact.CredentialIssued{}.Type()); n != 1 {
		t.Errorf("issued %d times", n)
	}
}

// Near its end a credential is renewed by the shorter path, by what was done since it was issued; once it is over, the
// whole path begins anew, but for the course.
func TestRenewalAndAgain(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201)
	b.tells(t, b.course(), b.graded(uuid.New(), 1, 9000), b.simulated(9000), b.tried(true), b.tried(true))
	first := b.wayIs(t, "agent", certification.ProgressHeld, 1)
	b.MoveTo(t, b.Now(t).AddDate(0, 0, 100))
	b.tells(t, b.graded(uuid.New(), 1, 9100)) // early: it counts when the time has come
	b.wayIs(t, "agent", certification.ProgressHeld, 0)
	apitest.Until(t, "the new template was looked at", func() (done bool) { // else that look may renew, and no notice is due
		err := b.DB.System.Pool.QueryRow(t.Context(), `select not exists (select from certification.recheck) and not exists (select from platform.fact f
			where f.type = $1 and not exists (select from platform.inbox i where i.consumer = 'certification-achievements' and i.fact_id = f.id))`, fact.TemplateVersioned{}.Type()).Scan(&done)
		if err != nil {
			t.Fatal(err)
		}
		return done
	})
	b.MoveTo(t, b.Now(t).AddDate(0, 0, 240))
	var renewed certification.Progress
	apitest.Until(t, "the renewal is issued", func() bool {
		renewed = b.way(t, "agent")
		return *renewed.CredentialID != *first.CredentialID
	})
	if want := first.ValidUntil.AddDate(0, 0, 365); !renewed.ValidUntil.Equal(want) {
		t.Errorf("it is renewed until %s, want %s", renewed.ValidUntil, want)
	}
	if b.Facts(t, fact.CredentialExpiring{}.Type()) != 1 {
		t.Error("it was not told once that the end was near")
	}
	b.MoveTo(t, renewed.ValidUntil.Add(time.Second))
	b.knows(t, 0)
	again := b.wayIs(t, "agent", certification.ProgressOpen, 3)
	if again.Path != "again" || !again.Requirements[0].Met {
		t.Errorf("after the end: %+v", again)
	}
	b.tells(t, b.graded(uuid.New(), 1, 9000), b.simulated(9000), b.tried(true), b.tried(true))
	b.knows(t, 3)
}

// Who lost a credential for cheating does not earn it again by itself, whatever comes.
func TestRevokedIsNotIssuedAgain(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201)
	all := func() []fact.Fact {
		return []fact.Fact{b.course(), b.graded(uuid.New(), 1, 9000), b.simulated(9000), b.tried(true), b.tried(true)}
	}
	b.tells(t, all()...)
	p := b.wayIs(t, "agent", certification.ProgressHeld, 1)
	b.first.Post(t, "/credentials", map[string]any{"agent_id": b.agent.AccountID, "template_id": p.TemplateID, "evidence": "again"}).WantProblem(t, 409, "credential_held")
	request := b.first.Post(t, "/credentials/"+p.CredentialID.String()+"/revocation-requests", why("cheating")).Want(t, 201).Text("id")
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	b.tells(t, all()...)
	b.wayIs(t, "agent", certification.ProgressBarred, 0)
	if n := b.Facts(t, fact.CredentialIssued{}.Type()); n != 1 {
		t.Errorf("issued %d times", n)
	}
	b.first.Post(t, "/credentials", map[string]any{"agent_id": b.agent.AccountID, "template_id": p.TemplateID, "evidence": "looked at"}).Want(t, 201)
	b.knows(t, 3)
}

// A template whose requirements some agents meet already issues to them.
func TestANewVersionIssuesToWhoMeetsIt(t *testing.T) {
	t.Parallel()
	b := open(t)
	template := b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201).Text("id")
	b.tells(t, b.course())
	b.wayIs(t, "agent", certification.ProgressOpen, 3)
	body := terms(map[string]any{"requirements": []any{map[string]any{"kind": "course", "ref": "base"}}})
	b.first.Post(t, "/credential-templates/"+template+"/versions", body).Want(t, 201)
	b.wayIs(t, "agent", certification.ProgressHeld, 0)
	b.knows(t, 3)
}

// The matcher knows the way to a trial: begun, open when all else is met, over.
func TestTheMatcherKnowsTheWayToATrial(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.first.Post(t, "/credential-templates", full("agent")).Want(t, 201)
	knows := func(missing int) {
		t.Helper()
		apitest.Until(t, "the matcher knows the way to the trial", func() bool {
			got := -1
			if err := b.DB.System.Pool.QueryRow(t.Context(), `select coalesce(max(cardinality(missing)), -1) from matcher.trial_path where agent_id = $1 and code = 'agent' and card = 'card'`,
				b.agent.AccountID).Scan(&got); err != nil {
				t.Fatal(err)
			}
			return got == missing
		})
	}
	b.tells(t, b.course())
	knows(2)
	b.tells(t, b.graded(uuid.New(), 1, 9000), b.simulated(9000))
	b.wayIs(t, "agent", certification.ProgressOpen, 1)
	knows(0)
	b.tells(t, b.tried(true), b.tried(true))
	b.wayIs(t, "agent", certification.ProgressHeld, 1)
	knows(-1)
}

func envelope(t *testing.T, f fact.Fact, at time.Time) outbox.Envelope {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return outbox.Envelope{ID: uuid.New(), Type: f.Type(), Aggregate: uuid.MustParse(f.Aggregate()), Time: at, Data: data}
}
