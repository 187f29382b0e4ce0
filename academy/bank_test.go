package academy_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/apitest"
	"peakseat/internal/auth"
)

// examBoard is a marketplace with an operator, a trainer, an agent and an empty bank.
type examBoard struct {
	*apitest.Stack
	operator, trainer, agent *apitest.Person
	bank                     uuid.UUID
}

func openBoard(t *testing.T) *examBoard {
	t.Helper()
	s := &examBoard{Stack: apitest.Start(t)}
	s.operator = s.Operator(t)
	s.trainer = s.operator.Invited(t, auth.Trainer)
	s.agent = s.Agent(t)
	s.bank = s.trainer.Post(t, "/question-banks", map[string]any{"code": "base", "name": "基础"}).Want(t, 201).ID(t, "id")
	return s
}

// importGIFT imports a file under a name.
func (s *examBoard) importGIFT(t *testing.T, query, content string) *apitest.Reply {
	t.Helper()
	return s.trainer.Do(t, "POST", "/question-banks/"+s.bank.String()+"/imports?format=gift&file=bank.gift"+query, []byte(content), map[string]string{"Content-Type": "text/plain"})
}

// fill imports n questions of a topic and a difficulty; the first answer is right.
func (s *examBoard) fill(t *testing.T, topic string, difficulty, n int) {
	t.Helper()
	var file strings.Builder
	fmt.Fprintf(&file, "$CATEGORY: %s\n\n", topic)
	for i := range n {
		fmt.Fprintf(&file, "// [id:%s-%d-%d] [tag:difficulty:%d]\nAbout %s %d, number %d {=right ~wrong ~worse ~worst}\n\n", topic, difficulty, i, difficulty, topic, difficulty, i)
	}
	if r := s.importGIFT(t, "", file.String()).Want(t, 200); r.Int("added") != n {
		t.Fatalf("%d of %d questions were added: %s", r.Int("added"), n, r.Body)
	}
}

func (s *examBoard) questions(t *testing.T, query string) []string {
	t.Helper()
	var titles []string
	for cursor := ""; ; {
		r := s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/questions?limit=2"+query+cursor).Want(t, 200)
		for i := range r.Len("items") {
			titles = append(titles, r.Text("items", i, "question", "text", "body"))
		}
		if r.Text("next_cursor") == "" {
			return titles
		}
		cursor = "&cursor=" + r.Text("next_cursor")
	}
}

func TestImportTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	bad := "$CATEGORY: 售前\n\n// [tag:difficulty:2]\nOne {=a ~b}\n\n// [tag:difficulty:2]\nTwo {a ~b}\n\n// [tag:difficulty:2]\nThree {=a ~b}\n\n// [tag:difficulty:9]\nFour {T}\n"
	dry := s.importGIFT(t, "&dry_run=true", bad).Want(t, 200)
	if dry.At("importable") != false || dry.Len("findings") != 2 || dry.Int("findings", 0, "line") != 7 || dry.Int("findings", 1, "line") != 13 || dry.Text("findings", 1, "file") != "bank.gift" {
		t.Errorf("a dry run says %s", dry.Body)
	}
	r := s.importGIFT(t, "", bad).WantProblem(t, 422, "import_refused")
	if r.Len("errors") != 2 || r.Int("errors", 0, "line") != 7 || r.Int("errors", 1, "line") != 13 || r.Text("errors", 0, "pointer") != "bank.gift" {
		t.Errorf("the refusal says %s", r.Body)
	}
	if got := s.questions(t, ""); len(got) > 0 {
		t.Fatalf("%v were taken of a file with errors", got)
	}

	good := strings.NewReplacer("{a ~b}", "{=a ~b}", "difficulty:9", "difficulty:3").Replace(bad)
	if r := s.importGIFT(t, "&dry_run=true", good).Want(t, 200); r.At("importable") != true || r.Int("added") != 4 || len(s.questions(t, "")) > 0 {
		t.Errorf("a dry run says %s", r.Body)
	}
	s.importGIFT(t, "", good).Want(t, 200)
	if got := s.questions(t, ""); !slices.Equal(got, []string{"One", "Two", "Three", "Four"}) {
		t.Errorf("the bank has %v", got)
	}
	if r := s.importGIFT(t, "", good).WantProblem(t, 422, "import_refused"); r.Len("errors") != 4 || r.Text("errors", 3, "code") != "question_same" || r.Int("errors", 3, "line") != 13 {
		t.Errorf("the same file once more: %s", r.Body)
	}
	for query, want := range map[string][]string{
		"&topic=售前&difficulty=2": {"One", "Two", "Three"}, "&kind=true_false": {"Four"}, "&q=thre": {"Three"}, "&topic=售": nil, "&retired=true": nil,
	} {
		if got := s.questions(t, query); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", query, got, want)
		}
	}
	// what nobody says is asked for, and what GIFT does not know is named
	if r := s.importGIFT(t, "", "Five {T}\n").WantProblem(t, 422, "import_refused"); r.Text("errors", 0, "code") != "topic_missing" || r.Text("errors", 1, "code") != "difficulty_missing" {
		t.Errorf("a question without topic: %s", r.Body)
	}
	described := "Five {T}\n\nThis only describes.\n"
	if r := s.importGIFT(t, "&topic=售后&difficulty=1", described).WantProblem(t, 422, "import_refused"); r.Text("errors", 0, "code") != "gift_description" || r.Int("errors", 0, "line") != 3 {
		t.Errorf("a description: %s", r.Body)
	}
	if r := s.importGIFT(t, "&topic=售后&difficulty=1&accept=whole", described).Want(t, 200); r.Int("added") != 1 || r.Text("findings", 0, "code") != "gift_description" {
		t.Errorf("an accepted loss: %s", r.Body)
	}
}

func TestImportOfSeveralFilesIsOne(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	form := func(files ...string) ([]byte, map[string]string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for i, content := range files {
			part, err := w.CreateFormFile("file", fmt.Sprintf("part%d.txt", i+1))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(part, content)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return body.Bytes(), map[string]string{"Content-Type": w.FormDataContentType()}
	}
	path := "/question-banks/" + s.bank.String() + "/imports?format=aiken&topic=售后&difficulty=2"
	body, headers := form("One?\nA. yes\nB. no\nANSWER: A\n", "Two?\nA. yes\nB. no\nANSWER: C\n")
	r := s.trainer.Do(t, "POST", path, body, headers).WantProblem(t, 422, "import_refused")
	if r.Len("errors") != 1 || r.Text("errors", 0, "pointer") != "part2.txt" || r.Int("errors", 0, "line") != 4 {
		t.Errorf("the refusal says %s", r.Body)
	}
	body, headers = form("One?\nA. yes\nB. no\nANSWER: A\n", "Two?\nA. yes\nB. no\nANSWER: B\n")
	headers["Idempotency-Key"] = "an import"
	for range 2 {
		s.trainer.Do(t, "POST", path, body, headers).Want(t, 200)
	}
	if got := s.questions(t, ""); !slices.Equal(got, []string{"One?", "Two?"}) {
		t.Errorf("the bank has %v", got)
	}
}

func TestQuestionsHaveVersionsAndRetire(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	plain := func(body string) map[string]any { return map[string]any{"format": "plain", "body": body} }
	body := func(text string) map[string]any {
		return map[string]any{
			"kind": "true_false", "id": "Q1", "category": "平台规则", "difficulty": 1, "text": plain(text),
			"answers": []any{map[string]any{"weight": exchange.Full}, map[string]any{"weight": 0}},
		}
	}
	path := "/question-banks/" + s.bank.String() + "/questions"
	id := s.trainer.Post(t, path, body("Agents pay no fees.")).Want(t, 201).Text("id")
	s.trainer.Post(t, path, body("Something else")).WantProblem(t, 409, "question_exists")
	twin := body("Agents pay no fees.")
	twin["id"] = "Q2"
	s.trainer.Post(t, path, twin).WantProblem(t, 409, "question_same")
	keyless := body("Which?")
	keyless["answers"], keyless["category"] = []any{map[string]any{"weight": 0}, map[string]any{"weight": 0}}, ""
	if r := s.trainer.Post(t, path, keyless).WantProblem(t, 422, "invalid_request"); r.Text("errors", 0, "pointer") != "/category" || r.Text("errors", 1, "code") != "right_answer_missing" {
		t.Errorf("a question without topic and key: %s", r.Body)
	}

	next := map[string]any{"version": 1, "question": body("Agents never pay a fee.")}
	if r := s.trainer.Post(t, "/questions/"+id+"/versions", next).Want(t, 201); r.Int("version") != 2 {
		t.Errorf("the second version is %s", r.Body)
	}
	s.trainer.Post(t, "/questions/"+id+"/versions", next).WantProblem(t, 409, "question_changed")
	revised := s.importGIFT(t, "&existing=revise&topic=平台规则&difficulty=1", "// [id:Q1]\nAgents never pay any fee. {T}\n").Want(t, 200)
	if revised.Int("revised") != 1 || revised.Int("added") != 0 {
		t.Errorf("a revising import: %s", revised.Body)
	}
	versions := s.trainer.Get(t, "/questions/"+id+"/versions").Want(t, 200)
	if versions.Len("items") != 3 || versions.Text("items", 2, "question", "text", "body") != "Agents pay no fees." {
		t.Errorf("the versions are %s", versions.Body)
	}
	s.trainer.Post(t, "/questions/"+id+"/retirement", map[string]any{"reason": "the rule changed"}).Want(t, 200)
	s.trainer.Post(t, "/questions/"+id+"/retirement", map[string]any{"reason": "again"}).WantProblem(t, 409, "question_retired")
	s.trainer.Post(t, "/questions/"+id+"/versions", map[string]any{"version": 3, "question": body("x")}).WantProblem(t, 409, "question_retired")
	if got := s.questions(t, ""); len(got) > 0 {
		t.Errorf("the bank still has %v", got)
	}
}

// What was imported comes out in every format that can say it, and goes in again as the same.
func TestExportIsImportable(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前/物流", 2, 3)
	s.fill(t, "售后", 4, 2)
	want := s.bodies(t, s.bank)
	for format, query := range map[string]string{"gift": "", "moodle_xml": "", "csv": "", "xlsx": "", "aiken": "&accept=detail"} {
		file := s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/export?format="+format+query).Want(t, 200)
		if disposition := file.Header.Get("Content-Disposition"); !strings.HasPrefix(disposition, "attachment; filename=questions.") {
			t.Errorf("%s comes as %q", format, disposition)
		}
		other := s.trainer.Post(t, "/question-banks", map[string]any{"code": format, "name": format}).Want(t, 201).ID(t, "id")
		path := "/question-banks/" + other.String() + "/imports?format=" + format
		if format == "aiken" {
			path += "&topic=x&difficulty=1"
		}
		s.trainer.Do(t, "POST", path, file.Body, map[string]string{"Content-Type": "application/octet-stream"}).Want(t, 200)
		got := s.bodies(t, other)
		if format == "aiken" {
			if len(got) != len(want) {
				t.Errorf("%d of %d questions came back", len(got), len(want))
			}
			continue
		}
		for i := range got { // a file says which text is plain, or Moodle's; the rest is the same
			got[i].Text.Format = want[i].Text.Format
			for j := range got[i].Answers {
				got[i].Answers[j].Text.Format = want[i].Answers[j].Text.Format
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -bank +imported\n%s", format, diff)
		}
	}
	r := s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/export?format=aiken").WantProblem(t, 409, "export_loses")
	if r.Len("errors") == 0 {
		t.Errorf("what Aiken loses is not named: %s", r.Body)
	}
}

func (s *examBoard) bodies(t *testing.T, bank uuid.UUID) []exchange.Question {
	t.Helper()
	var page struct {
		Items []struct {
			Question exchange.Question `json:"question"`
		} `json:"items"`
	}
	s.trainer.Get(t, "/question-banks/"+bank.String()+"/questions").Want(t, 200).Into(t, &page)
	var list []exchange.Question
	for _, item := range page.Items {
		list = append(list, item.Question)
	}
	return list
}
