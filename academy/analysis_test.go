package academy_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

// Sixty people sat a paper, one of whose keys is wrong: the analysis says which, and equals what is counted here by hand from
// the same marks; retiring the question changes no score.
func TestWrongKeyIsFoundAndScoresStay(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 5)
	s.importGIFT(t, "", "$CATEGORY: 售前\n\n// [id:bad] [tag:difficulty:2]\nThe wrong one {=wrong ~right ~worse}\n\n").Want(t, 200)
	paper := s.published(t, "base", 6, nil)
	path := "/papers/" + paper.String() + "/versions/1"
	if empty := s.trainer.Get(t, path+"/analysis").Want(t, 200); empty.Int("attempts") != 0 || empty.Len("items") != 0 || empty.At("kr20") != nil {
		t.Errorf("before anybody sat it: %s", empty.Body)
	}
	right := s.sat(t, paper, 60)

	r := s.trainer.Get(t, path+"/analysis").Want(t, 200)
	if r.Int("attempts") != 60 || r.Len("items") != 6 {
		t.Fatalf("the analysis is %s", r.Body)
	}
	var flagged []string
	for i := range r.Len("items") {
		stem := r.Text("items", i, "text")
		marks := right[stem]
		var rest []float64
		for p := range marks {
			sum := 0.0
			for other, m := range right {
				if other != stem {
					sum += m[p]
				}
			}
			rest = append(rest, sum)
		}
		equals(t, stem+": facility", r.At("items", i, "facility"), sum(marks)/60)
		fifths := 0.0
		for f := range r.Len("items", i, "curve") {
			share, _ := r.At("items", i, "curve", f).(float64)
			fifths += share / 5
		}
		if math.Abs(fifths-sum(marks)/60) > 1e-4 { // sixty people make five even parts
			t.Errorf("%s: the fifths earn %v, all %v", stem, fifths, sum(marks)/60)
		}
		equals(t, stem+": discrimination", r.At("items", i, "discrimination"), pearson(marks, rest))
		if slices.Contains(r.At("items", i, "flags").([]any), any("negative_discrimination")) {
			flagged = append(flagged, stem)
			for a := range r.Len("items", i, "answers") {
				way, _ := r.At("items", i, "answers", a, "discrimination").(float64)
				if good := r.Text("items", i, "answers", a, "text") == "right"; (way > 0) != good || r.At("items", i, "answers", a, "right") == good {
					t.Errorf("what was answered is told as %v", r.At("items", i, "answers", a))
				}
			}
			s.trainer.Post(t, "/questions/"+r.Text("items", i, "question_id")+"/retirement", map[string]any{"reason": "the key is wrong"}).Want(t, 200)
		}
	}
	if !slices.Equal(flagged, []string{"The wrong one"}) {
		t.Errorf("%q are flagged", flagged)
	}
	total, pq := make([]float64, 60), 0.0
	for _, marks := range right {
		pq += sum(marks) / 60 * (1 - sum(marks)/60)
		for p, m := range marks {
			total[p] += m
		}
	}
	squares := 0.0
	for _, x := range total {
		squares += (x - sum(total)/60) * (x - sum(total)/60)
	}
	equals(t, "KR-20", r.At("kr20"), 6.0/5*(1-pq/(squares/60)))
	if after := s.trainer.Get(t, path+"/analysis").Want(t, 200); string(after.Body) != string(r.Body) {
		t.Errorf("retiring a question changed what was:\n%s\n%s", r.Body, after.Body)
	}
}

// What a bank's questions are like comes from the answers, and placements choose by it from then on.
func TestCalibrationComesFromAnswers(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 6)
	path := "/question-banks/" + s.bank.String() + "/calibrations"
	calibrated := func(model string) (run *apitest.Reply) {
		at := "/calibrations/" + s.trainer.Post(t, path, map[string]any{"model": model}).Want(t, 202).Text("id")
		apitest.Until(t, "the calibration ends", func() bool {
			run = s.operator.Get(t, at).Want(t, 200)
			return run.Text("state") == "done" || run.Text("state") == "failed"
		})
		return run
	}
	if r := calibrated("rasch"); r.Text("state") != "failed" || r.Text("error") != "few_answers" || r.At("calibration") != nil {
		t.Errorf("of no answers: %s", r.Body)
	}
	s.sat(t, s.published(t, "base", 6, nil), 300)
	run := calibrated("two_pl")
	if run.Text("state") != "done" || run.Int("done") != 100 || run.Int("total") != 100 || run.Int("calibration", "examinees") != 300 || run.Len("calibration", "items") != 6 {
		t.Fatalf("the calibration is %s", run.Body)
	}
	s.agent.Get(t, "/calibrations/"+run.Text("id")).WantProblem(t, 403, "forbidden")
	s.trainer.Get(t, "/calibrations/"+uuid.NewString()).WantProblem(t, 404, "not_found")
	test := s.trainer.Post(t, "/placement-tests", map[string]any{
		"code": "where", "name_zh": "定级", "name_en": "Placement", "bank_id": s.bank, "topic": "", "min_items": 1, "max_items": 2, "target_se": 0.1,
	}).Want(t, 201).Text("id")
	s.agent.Post(t, "/placement-tests/"+test+"/placements", nil).Want(t, 201)
	var a, b float64
	var version uuid.UUID
	if err := s.DB.System.Pool.QueryRow(t.Context(), `select question_version_id, a, b from academy.placement_item`).Scan(&version, &a, &b); err != nil {
		t.Fatal(err)
	}
	for i, item := range run.At("calibration", "items").([]any) {
		said := item.(map[string]any)
		if truth := float64(i%3-1) / 2; math.Abs(said["b"].(float64)-truth) > 4*said["se_b"].(float64) || math.Abs(said["a"].(float64)-1.5) > 4*said["se_a"].(float64) {
			t.Errorf("question %d is said to be %v; its difficulty is %.1f and its slope 1.5", i, said, truth)
		}
		if said["question_version_id"] == version.String() && (said["a"] != a || said["b"] != b) {
			t.Errorf("the placement takes it for %f, %f, the calibration says %v", a, b, said)
		}
	}
}

// sat writes graded attempts as the program leaves them, of people who know more or less, and returns what each earned of each
// question, by its text. Nobody's answer is that of the question with the wrong key unless they know nothing.
func (s *examBoard) sat(t *testing.T, paper uuid.UUID, people int) map[string][]float64 {
	t.Helper()
	pool := s.DB.System.Pool
	type asked struct {
		id   uuid.UUID
		stem string
	}
	rows, err := pool.Query(t.Context(), `select q.id, q.body->'text'->>'body' from academy.paper_pool p join academy.paper_version v on v.id = p.paper_version_id
		join academy.question_version q on q.id = p.question_version_id where v.paper_id = $1 order by q.id`, paper)
	if err != nil {
		t.Fatal(err)
	}
	var questions []asked
	for rows.Next() {
		var q asked
		if err := rows.Scan(&q.id, &q.stem); err != nil {
			t.Fatal(err)
		}
		questions = append(questions, q)
	}
	random := rand.New(rand.NewPCG(3, 3))
	earned := map[string][]float64{}
	var sql strings.Builder
	for range people {
		ability, attempt, agent := random.NormFloat64(), uuid.New(), uuid.New()
		fmt.Fprintf(&sql, `insert into academy.attempt (id, agent_id, paper_id, paper_version_id, number, time_factor, device, state, started_at, ends_at, grace_seconds, pause_left, closed_at, closed_by)
			select '%s', '%s', paper_id, id, 1, 100, gen_random_uuid(), 'graded', '2026-11-01Z', '2026-11-02Z', 5, 0, '2026-11-01T01:00Z', 'agent' from academy.paper_version where paper_id = '%s';`, attempt, agent, paper)
		for i, q := range questions {
			knows := random.Float64() < 1/(1+math.Exp(-1.5*(ability-float64(i%3-1)/2)))
			choice, mark := 0, 0 // the first answer has the key
			if knows == (q.stem == "The wrong one") {
				choice = 1
			} else {
				mark = 1
			}
			earned[q.stem] = append(earned[q.stem], float64(mark))
			fmt.Fprintf(&sql, `insert into academy.attempt_item (attempt_id, position, agent_id, question_version_id, topic, points, shown) values ('%s', %d, '%s', '%s', '售前', 1, '{}');
				insert into academy.mark (attempt_id, position, round, agent_id, earned, response, marked_at) values ('%s', %d, 0, '%s', %d, '%d', '2026-11-01Z');`,
				attempt, i+1, agent, q.id, attempt, i+1, agent, mark*10_000_000, choice)
		}
	}
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Conn().PgConn().Exec(t.Context(), sql.String()).ReadAll(); err != nil {
		t.Fatal(err)
	}
	return earned
}

func equals(t *testing.T, what string, got any, want float64) {
	t.Helper()
	if x, is := got.(float64); !is || math.Abs(x-want) > 0.000051 {
		t.Errorf("%s is %v, want %.4f", what, got, want)
	}
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// pearson is the textbook's correlation, from sums.
func pearson(x, y []float64) float64 {
	n, sxy, sxx, syy := float64(len(x)), 0.0, 0.0, 0.0
	for i := range x {
		sxy, sxx, syy = sxy+x[i]*y[i], sxx+x[i]*x[i], syy+y[i]*y[i]
	}
	return (n*sxy - sum(x)*sum(y)) / math.Sqrt((n*sxx-sum(x)*sum(x))*(n*syy-sum(y)*sum(y)))
}
