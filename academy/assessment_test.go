package academy_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"peakseat/academy"
	"peakseat/internal/apitest"
	"peakseat/internal/postgres"
)

func form(t *testing.T, code string) academy.AssessmentForm {
	t.Helper()
	forms, err := academy.AssessmentForms()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range forms {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no form %s", code)
	return academy.AssessmentForm{}
}

// chosen answers every item by fn.
func chosen(f academy.AssessmentForm, fn func(item academy.AssessmentItem) int) []int {
	list := make([]int, len(f.Items))
	for i, item := range f.Items {
		list[i] = fn(item)
	}
	return list
}

// A translation that its licence does not allow yet is for development: everybody else reads the items and answers as published.
func TestAnUnvalidatedTranslationIsForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	for _, drafts := range []bool{false, true} {
		forms, err := academy.New(academy.Deps{Drafts: drafts}).Forms()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range forms {
			published := form(t, f.Code)
			for i, item := range f.Items {
				if item.EN != published.Items[i].EN || item.Scale != published.Items[i].Scale || (item.ZH == item.EN) != (f.Code == "onet_ip_sf" && !drafts) {
					t.Errorf("drafts %t: item %d of %s reads %q in Chinese", drafts, i+1, f.Code, item.ZH)
				}
			}
			for i, option := range f.Options {
				if option.Points != published.Options[i].Points || (option.ZH == option.EN) != (f.Code == "onet_ip_sf" && !drafts) {
					t.Errorf("drafts %t: answer %d of %s reads %q in Chinese", drafts, i+1, f.Code, option.ZH)
				}
			}
		}
	}
}

// The forms as published: sixty activities in pairs by area, ten each; twenty phrases, four a scale, those keyed the other way named.
func TestFormsAreAsPublished(t *testing.T) {
	t.Parallel()
	onet := form(t, "onet_ip_sf")
	for i, item := range onet.Items {
		if want := "RRIIAASSEECC"[i%12 : i%12+1]; item.Scale != want || item.Reversed {
			t.Errorf("item %d is of %s, want %s", i+1, item.Scale, want)
		}
	}
	if len(onet.Items) != 60 || onet.Items[0].EN != "Build kitchen cabinets" || onet.Items[59].EN != "Stamp, sort, and distribute mail for an organization" {
		t.Errorf("the Interest Profiler has %d items, from %q to %q", len(onet.Items), onet.Items[0].EN, onet.Items[len(onet.Items)-1].EN)
	}
	// what the publishers ask to be said of their work and of ours
	for _, said := range []string{"This page includes information from the O*NET Career Exploration Tools by the U.S. Department of Labor, Employment and Training Administration (USDOL/ETA). Used under the O*NET Tools Developer License", "O*NET® is a trademark of USDOL/ETA. PeakSeat has modified all or some of this information. USDOL/ETA has not approved, endorsed, or tested these modifications.", "https://www.onetcenter.org/license_toolsdev.html"} {
		if !strings.Contains(onet.Source, said) {
			t.Errorf("the source does not say %q", said)
		}
	}
	ipip := form(t, "mini_ipip")
	if !strings.Contains(ipip.Source, "International Personality Item Pool, public domain, https://ipip.ori.org/") || !strings.Contains(ipip.Source, "Donnellan") {
		t.Errorf("the source says %q", ipip.Source)
	}
	reversed := []string{}
	for i, item := range ipip.Items {
		if want := "EACNI"[i%5 : i%5+1]; item.Scale != want {
			t.Errorf("item %d is of %s, want %s", i+1, item.Scale, want)
		}
		if item.Reversed {
			reversed = append(reversed, string(rune('a'+i)))
		}
	}
	// 6 to 10 and 15 to 20
	if got := strings.Join(reversed, ""); got != "fghijopqrst" {
		t.Errorf("keyed the other way: %s", got)
	}
}

func TestScalesAreScoredByTheirKeys(t *testing.T) {
	t.Parallel()
	onet := form(t, "onet_ip_sf")
	scores, suggested := onet.Score(chosen(onet, func(i academy.AssessmentItem) int { return map[string]int{"S": 4, "E": 3, "R": 0}[i.Scale] }))
	if scores[0].Scale != "S" || scores[0].Score != 40 || scores[0].Band != "high" || scores[1].Scale != "E" || scores[1].Score != 30 || scores[5].Score != 0 || scores[5].Most != 40 {
		t.Errorf("the interests are %+v", scores)
	}
	if len(suggested) != 2 || suggested[0].Tags[0] != "function/aftersale" || suggested[1].Tags[0] != "function/presale" {
		t.Errorf("suggested: %+v", suggested)
	}
	if _, none := onet.Score(chosen(onet, func(academy.AssessmentItem) int { return 0 })); len(none) != 0 {
		t.Errorf("who likes nothing is suggested %+v", none)
	}
	ipip := form(t, "mini_ipip")
	agree := func(academy.AssessmentItem) int { return 4 }
	for _, s := range first(ipip.Score(chosen(ipip, agree))) {
		// two of four are keyed the other way, and of imagination three
		if want := map[bool]int{true: 8, false: 12}[s.Scale == "I"]; s.Score != want || s.Least != 4 || s.Most != 20 {
			t.Errorf("who agrees with everything scores %d of %s, want %d", s.Score, s.Scale, want)
		}
	}
	for _, s := range first(ipip.Score(chosen(ipip, func(i academy.AssessmentItem) int { return map[bool]int{true: 0, false: 4}[i.Reversed] }))) {
		if s.Score != 20 || s.Band != "high" {
			t.Errorf("the most of %s is %d", s.Scale, s.Score)
		}
	}
}

func first[A, B any](a A, _ B) A { return a }

func TestAssessmentsAreTheAgentsAndTrainers(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	ipip := form(t, "mini_ipip")
	answers := chosen(ipip, func(academy.AssessmentItem) int { return 2 })
	s.agent.Post(t, "/assessments", map[string]any{"form": "mini_ipip", "answers": answers[1:]}).WantProblem(t, 422, "invalid_request")
	s.agent.Post(t, "/assessments", map[string]any{"form": "mini_ipip", "answers": append([]int{5}, answers[1:]...)}).WantProblem(t, 422, "invalid_request")
	made := s.agent.Post(t, "/assessments", map[string]any{"form": "mini_ipip", "answers": answers}).Want(t, 201)
	if r := s.trainer.Get(t, "/assessments?agent_id="+s.agent.AccountID.String()).Want(t, 200); r.Len("items") != 1 || r.Int("items", 0, "scores", 0, "score") != 12 {
		t.Errorf("the trainer sees %s", r.Body)
	}
	for _, p := range []*apitest.Person{s.Merchant(t), s.operator} {
		p.Get(t, "/assessments").WantProblem(t, 403, "forbidden")
	}
	other := s.Agent(t)
	if n := other.Get(t, "/assessments?agent_id="+s.agent.AccountID.String()).Want(t, 200).Len("items"); n != 0 {
		t.Errorf("another agent sees %d results", n)
	}
	at := "/assessments/" + made.Text("id")
	other.Do(t, "DELETE", at, nil, nil).WantProblem(t, 404, "not_found")
	s.agent.Do(t, "DELETE", at, nil, nil).Want(t, 204)
	if n := s.trainer.Get(t, "/assessments").Want(t, 200).Len("items"); n != 0 {
		t.Errorf("%d results are left", n)
	}
	s.agent.Post(t, "/assessments", map[string]any{"form": "mini_ipip", "answers": answers}).Want(t, 201)
	s.agent.Post(t, "/me/erasure", map[string]any{"password": "correct horse battery"}).Want(t, 204)
	apitest.Until(t, "the erased person's answers are gone", func() bool { return s.trainer.Get(t, "/assessments").Want(t, 200).Len("items") == 0 })
}

// Answers lie sealed under the key of the person they are about; those from before are sealed by a sweep, and stay the same.
func TestAssessmentsAreSealed(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	ipip := form(t, "mini_ipip")
	answers := chosen(ipip, func(i academy.AssessmentItem) int { return map[bool]int{true: 0, false: 4}[i.Reversed] })
	s.agent.Post(t, "/assessments", map[string]any{"form": "mini_ipip", "answers": answers}).Want(t, 201)
	owner, err := pgx.Connect(t.Context(), s.DB.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	var plain, sealed int
	var bytes []byte
	if err := owner.QueryRow(t.Context(), `select count(answers), count(sealed), max(sealed::text)::bytea from academy.assessment`).Scan(&plain, &sealed, &bytes); err != nil || plain != 0 || sealed != 1 || len(bytes) != 29+len(answers) {
		t.Errorf("%d plain, %d sealed of %d bytes: %v", plain, sealed, len(bytes), err)
	}
	for _, sql := range []string{
		`begin`, `alter table academy.assessment drop constraint assessment_sealed`,
		`insert into academy.assessment (id, agent_id, form, answers, completed_at) select gen_random_uuid(), agent_id, form, array[0,0,0,0,0,4,4,4,4,4,0,0,0,0,4,4,4,4,4,4], completed_at from academy.assessment`,
		`insert into academy.assessment (id, agent_id, form, answers, completed_at) values (gen_random_uuid(), gen_random_uuid(), 'mini_ipip', array[0], '2026-11-01Z')`,
		`alter table academy.assessment add constraint assessment_sealed check (sealed is not null and answers is null) not valid`, `commit`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := s.App.Academy.SealAssessments(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := s.agent.Get(t, "/assessments").Want(t, 200)
	scores := []int{r.Int("items", 0, "scores", 0, "score"), r.Int("items", 1, "scores", 0, "score")}
	slices.Sort(scores)
	if r.Len("items") != 2 || scores[0] == scores[1] || scores[1] != 20 {
		t.Errorf("after sealing the agent reads %s", r.Body)
	}
	if err := owner.QueryRow(t.Context(), `select count(answers), count(sealed) from academy.assessment`).Scan(&plain, &sealed); err != nil || plain != 0 || sealed != 2 {
		t.Errorf("%d plain, %d sealed: %v", plain, sealed, err)
	}
	if _, err := owner.Exec(t.Context(), `update academy.assessment set form = 'other'`); postgres.Code(err) != "23001" {
		t.Errorf("a sealed row was changed: %v", err)
	}
}
