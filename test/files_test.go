package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// systemFiles may act for everybody at once, past the tenants' policies, and why. Ids there come from the actor or from
// rows, never from a body that nobody checked. A new file that needs the system pool says here why.
func systemFiles() map[string]string {
	return map[string]string{
		"academy/assessment_seal.go":       "answers from before are sealed for everybody",
		"academy/calibration.go":           "what people answered in placements is no request's to read",
		"academy/placement.go":             "questions and keys are not the examinee's to read",
		"academy/http_placement.go":        "its keys are kept where answers are marked",
		"academy/play.go":                  "a leaderboard ranks everybody and names nobody",
		"academy/question_answer.go":       "accepting an answer gives its author points",
		"academy/talk.go":                  "seats of a talk are counted over everybody, and attendance gives points",
		"academy/http_play.go":             "its keys are kept where points are given",
		"academy/simulation.go":            "a score comes from the program, not from whom it is about",
		"academy/http_simulation.go":       "its keys are kept where scoring runs",
		"academy/accommodation.go":         "officials write what is another person's",
		"academy/attempt.go":               "an examinee's acts draw on keys that the examinee may not read",
		"academy/attempt_sweep.go":         "deadlines act for nobody",
		"academy/grade.go":                 "marking reads keys, and graders write what is another person's",
		"academy/grade_flag.go":            "attempts of many people are compared",
		"academy/http_attempt.go":          "its keys are kept where starts, submissions and marking run",
		"api/account/account.go":           "a stranger registers: there is no actor yet",
		"api/account/apikey.go":            "an API key is looked up before anybody is known",
		"api/account/erasure.go":           "it erases what the person's own role may not see",
		"api/account/identity.go":          "an identity number is looked for among everybody's",
		"api/account/link.go":              "a one-time link is used by a stranger",
		"api/account/question.go":          "a trainer reads no accounts, and their keys on behalf of a context that has decided who may",
		"api/account/rotation.go":          "keys are rotated for everybody",
		"api/account/seed.go":              "it makes a development marketplace",
		"api/account/session.go":           "sign-in and refresh come before the actor",
		"academy/http_trial.go":            "its keys are kept where cards are filled in",
		"academy/lesson_quiz.go":           "a quiz is drawn from questions whose keys the learner may not read",
		"academy/pack.go":                  "publishing makes a paper, and agents read a pack of another tenant whom they work for",
		"academy/pack_trainer.go":          "trainers write one part of what is a merchant's",
		"academy/http_pack.go":             "its keys are kept where packs are published",
		"academy/trial.go":                 "a card about another person is filled in by who may, whom it looks for itself",
		"billing/dispute.go":               "a ruling moves money of both sides",
		"billing/loop.go":                  "deadlines act for nobody",
		"billing/service.go":               "it is where the pool is kept",
		"billing/timesheet.go":             "settling pays the agent from the merchant's hold",
		"billing/http_timesheet.go":        "its keys are kept where approvals and rulings run",
		"billing/http_wallet.go":           "its keys are kept where top-ups settle",
		"certification/credential.go":      "officials act on another person's credential and tags",
		"certification/appeal.go":          "deciding an appeal changes the agent's credential",
		"certification/http_credential.go": "its keys are kept where officials act",
		"certification/suspension.go":      "officials act on another person's credential and tags",
		"certification/progress.go":        "trainers read anybody's way to a credential and see no accounts",
		"certification/tier.go":            "trainers read anybody's tier and see no accounts",
		"certification/penalty.go":         "deciding an appeal changes the agent's tier and tags",
		"certification/http_tier.go":       "its keys are kept where the decision runs",
		"certification/log.go":             "anyone may audit the log",
		"certification/public.go":          "anyone may ask about a credential whose public id they have",
		"certification/sweep.go":           "deadlines act for nobody",
		"matcher/attendance.go":            "an agent's step changes the merchant's seat",
		"matcher/cancellation.go":          "it withdraws the agents who hold the seats",
		"matcher/http_agent.go":            "its keys are kept where attendance runs",
		"matcher/http_booking.go":          "its keys are kept where the cancellation runs",
		"matcher/http_offer.go":            "its keys are kept where the refusal runs",
		"matcher/offer.go":                 "offers have two sides",
		"matcher/chance.go":                "a quote counts the agents who are free, of whom the merchant is told a number",
		"matcher/pack.go":                  "deadlines act for nobody",
		"matcher/pack_read.go":             "an agent knows the shops of seats held, also after a block",
		"matcher/figures.go":               "sums over the whole market, of which strangers see the public ones",
		"matcher/gap.go":                   "gaps count agents whom the merchant does not see; the shift is looked up as the actor",
		"matcher/explain.go":               "an agent is compared with others, of whom nothing but their class is told to anybody but operators",
		"matcher/plan.go":                  "a planning run has no actor",
		"matcher/quoted.go":                "a quote counts the agents who are free",
		"matcher/service.go":               "the picture of the market is everybody's",
		"matcher/sweep.go":                 "deadlines act for nobody",
		"internal/app/audit.go":            "the audit reads everything",
		"internal/app/demo.go":             "it makes a development marketplace",
		"internal/app/demo_life.go":        "it lets the development marketplace live",
		"internal/app/demo_past.go":        "it lets the development marketplace live",
		"internal/app/http.go":             "operators retry facts and move the development clock",
		"internal/app/offline.go":          "commands beside the server",
		"internal/app/replay.go":           "it publishes everybody's facts again",
		"internal/app/run.go":              "the relay, the consumers and the sealer",
		"internal/app/seed.go":             "it makes a development marketplace",
		"internal/app/stack.go":            "it opens the pools",
		"internal/app/wire.go":             "it hands the pools to the contexts",
		"cmd/peakseat/rehearse.go":         "the rehearsal's database is its own",
	}
}

// A use is X.System, a System: field, or postgres.System: there is no other way to the pool.
func TestOnlyListedFilesUseTheSystemPool(t *testing.T) {
	t.Parallel()
	uses := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (slices.Contains([]string{".git", "node_modules", "testdata"}, d.Name()) || strings.HasSuffix(d.Name(), "test") && d.Name() != ".."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, "../"))
		ast.Inspect(file, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.SelectorExpr:
				uses[name] = uses[name] || x.Sel.Name == "System"
			case *ast.KeyValueExpr:
				if key, ok := x.Key.(*ast.Ident); ok {
					uses[name] = uses[name] || key.Name == "System"
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := systemFiles()
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if !uses[name] {
			continue
		}
		if _, ok := listed[name]; !ok {
			t.Errorf("%s uses the system pool, past all tenants' policies: use the application's, or say in systemFiles why it must", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("%s is listed and does not use the system pool: strike it from systemFiles", name)
	}
}
