package academy_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/simulation"
	"peakseat/internal/apitest"
	"peakseat/internal/web"
)

func (s *school) scenario(t *testing.T, code string) {
	t.Helper()
	raw, err := os.ReadFile("scenario/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	s.trainer.Post(t, "/scenarios", map[string]any{"script": json.RawMessage(raw)}).Want(t, 201)
}

func (s *school) start(t *testing.T, code string) *apitest.Reply {
	t.Helper()
	return s.agent.Post(t, "/simulation-runs", map[string]any{"scenario": code, "language": "en"}).Want(t, 201)
}

// messages are what was said in a dialogue, the speakers first.
func messages(r *apitest.Reply, dialogue string) (list []string) {
	for i := range r.Len("dialogues") {
		if r.Text("dialogues", i, "id") == dialogue {
			for k := range r.Len("dialogues", i, "messages") {
				list = append(list, r.Text("dialogues", i, "messages", k, "from")+": "+r.Text("dialogues", i, "messages", k, "text"))
			}
		}
	}
	return list
}

func TestASimulationIsPlayedAndScored(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.scenario(t, "presale_sizes")
	begun := s.start(t, "presale_sizes")
	at := "/simulation-runs/" + begun.Text("id")
	s.agent.Post(t, "/simulation-runs", map[string]any{"scenario": "presale_sizes", "language": "zh"}).WantProblem(t, 409, "simulation_live")
	s.agent.Post(t, at+"/replies", map[string]any{"dialogue": "ready", "text": "hello"}).WantProblem(t, 409, "dialogue_closed") // comes after 25 s
	began := s.Now(t)
	s.MoveTo(t, began.Add(7*time.Second)) // within 3 + 3 s
	if got := messages(s.agent.Get(t, at).Want(t, 200), "size"); len(got) != 1 || !strings.Contains(got[0], "size") {
		t.Fatalf("the first customer said %v", got)
	}
	answered := s.agent.Post(t, at+"/replies", map[string]any{"dialogue": "size", "text": "Hello! How tall are you, and what is your weight?"}).Want(t, 200)
	if body := string(answered.Body); strings.Contains(body, "Ask for height") || strings.Contains(body, `"score"`) {
		t.Errorf("what is scored shows before the end: %s", body)
	}
	s.MoveTo(t, s.Now(t).Add(4*time.Second))
	elsewhere := s.SignIn(t, s.agent.Email) // the line went down
	if got := messages(elsewhere.Get(t, at).Want(t, 200), "size"); len(got) != 3 || !strings.Contains(got[2], "162") {
		t.Fatalf("after reconnecting the dialogue is %v", got)
	}
	elsewhere.Post(t, at+"/replies", map[string]any{"dialogue": "size", "text": "Take size M, the cut is loose; it ships within 48 hours."}).Want(t, 200)
	s.MoveTo(t, s.Now(t).Add(5*time.Minute)) // the others lose patience, and leave
	r := s.agent.Get(t, at).Want(t, 200)
	if r.Text("state") != "ended" || r.At("score") == nil || r.Text("score", "parts", 2, "findings", 0, "quote") != "Hello! How tall are you, and what is your weight?" {
		t.Fatalf("the run ended as %s", r.Body)
	}
	if r.At("score", "passed") != false || s.Facts(t, "peakseat.academy.simulation.scored.v1") != 1 {
		t.Errorf("two customers left and the score is %v", r.At("score"))
	}
	s.agent.Post(t, at+"/replies", map[string]any{"dialogue": "size", "text": "late"}).WantProblem(t, 409, "simulation_over")
	s.agent.Post(t, at+"/end", nil).WantProblem(t, 409, "simulation_over")
	s.recompute(t, begun.ID(t, "id"), r)
	if list := s.trainer.Get(t, "/simulation-runs?agent_id="+s.agent.AccountID.String()).Want(t, 200); list.Len("items") != 1 || list.Int("items", 0, "score") != r.Int("score", "score") {
		t.Errorf("the trainer sees %s", list.Body)
	}
}

// recompute plays what is kept once more and compares.
func (s *school) recompute(t *testing.T, id uuid.UUID, shown *apitest.Reply) {
	t.Helper()
	var text string
	var seed, length int64
	row := s.DB.System.Pool.QueryRow(t.Context(), `select v.script, r.seed, (extract(epoch from r.ended_at - r.started_at) * 1000)::bigint
		from academy.simulation_run r join academy.scenario_version v on v.id = r.version_id where r.id = $1`, id)
	if err := row.Scan(&text, &seed, &length); err != nil {
		t.Fatal(err)
	}
	script, flaws := simulation.Parse([]byte(text))
	if len(flaws) > 0 {
		t.Fatal(flaws)
	}
	session := simulation.Session{Language: "en", Seed: uint64(seed), Stop: length}
	rows, err := s.DB.System.Pool.Query(t.Context(), `select at_ms, dialogue, body from academy.simulation_reply where run_id = $1 order by seq`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r simulation.Reply
		if err := rows.Scan(&r.At, &r.Dialogue, &r.Text); err != nil {
			t.Fatal(err)
		}
		session.Replies = append(session.Replies, r)
	}
	var want simulation.RunReport
	raw, err := json.Marshal(shown.At("score"))
	if err != nil || json.Unmarshal(raw, &want) != nil {
		t.Fatal("no score")
	}
	again, err := json.Marshal(script.Score(script.Play(session, length)))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(kept) {
		t.Errorf("computed again:\n%s\nkept:\n%s", again, kept)
	}
}

func TestARunEndsWithoutAnybodyLooking(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.scenario(t, "angry_delivery")
	s.start(t, "angry_delivery")
	s.MoveTo(t, s.Now(t).Add(10*time.Minute))
	apitest.Until(t, "the run is scored", func() bool { return s.Facts(t, "peakseat.academy.simulation.scored.v1") == 1 })
	s.agent.Post(t, "/simulation-runs/"+s.start(t, "angry_delivery").Text("id")+"/end", nil).Want(t, 200)
	// who ends a run at once has served nobody, and said nothing forbidden
	list := s.agent.Get(t, "/scenarios").Want(t, 200)
	if list.Int("items", 0, "best") != 15_00 || list.At("items", 0, "passed") != false {
		t.Errorf("the best of two empty runs: %s", list.Body)
	}
}

// N starts at once: one run.
func TestOneLiveRunAPerson(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.scenario(t, "aftersale_refund")
	const tries = 8
	answers := make(chan int, tries)
	for range tries {
		go func() {
			r, err := s.agent.Try(t, "POST", "/simulation-runs", map[string]any{"scenario": "aftersale_refund", "language": "zh"}, nil)
			if err != nil {
				answers <- 0
				return
			}
			answers <- r.Status
		}()
	}
	count := map[int]int{}
	for range tries {
		count[<-answers]++
	}
	if count[201] != 1 || count[409] != tries-1 {
		t.Errorf("%d starts at once are answered %v", tries, count)
	}
}

func TestTheStreamTellsWhatCustomersSay(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.scenario(t, "presale_sizes")
	id := s.start(t, "presale_sizes").Text("id")
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+web.BasePath+"/simulation-runs/"+id+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+s.agent.Token)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (event struct {
		State     string `json:"state"`
		Dialogues []struct {
			Messages []any `json:"messages"`
		} `json:"dialogues"`
	},
	) {
		for lines.Scan() {
			if data, has := strings.CutPrefix(lines.Text(), "data: "); has {
				if err := json.Unmarshal([]byte(data), &event); err != nil {
					t.Fatal(err)
				}
				return event
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return event
	}
	for e := next(); len(e.Dialogues) == 0 || len(e.Dialogues[0].Messages) == 0; e = next() {
		continue
	}
	s.MoveTo(t, s.Now(t).Add(10*time.Minute))
	for e := next(); e.State != "ended"; e = next() {
		continue
	}
}

func TestScriptsAreChecked(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	raw, err := os.ReadFile("scenario/presale_sizes.json")
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(raw), `"to": "worry"`, `"to": "nowhere"`, 1)
	r := s.trainer.Post(t, "/scenarios", map[string]any{"script": json.RawMessage(broken)}).WantProblem(t, 422, "invalid_request")
	if !strings.Contains(string(r.Body), "/script/dialogues/0/states/tell/rules/0/to") {
		t.Errorf("the flaw is named as %s", r.Body)
	}
	s.scenario(t, "presale_sizes")
	first := s.start(t, "presale_sizes")
	second := s.trainer.Post(t, "/scenarios", map[string]any{"script": json.RawMessage(raw)}).Want(t, 201)
	if second.Int("version") != 2 || s.agent.Get(t, "/simulation-runs/"+first.Text("id")).Want(t, 200).Int("version") != 1 {
		t.Errorf("the second writing is version %d, or the run changed its version", second.Int("version"))
	}
	if r := s.trainer.Get(t, "/scenarios/"+second.Text("id")).Want(t, 200); r.Text("script", "code") != "presale_sizes" {
		t.Errorf("the script is read as %s", r.Body)
	}
	if body := string(s.agent.Get(t, "/scenarios").Want(t, 200).Body); strings.Contains(body, "intents") {
		t.Error("agents are shown the script")
	}
}
