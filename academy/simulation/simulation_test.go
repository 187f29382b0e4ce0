package simulation_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peakseat/academy/simulation"
)

func scenarios(t testing.TB) map[string]*simulation.Script {
	t.Helper()
	files, err := filepath.Glob("../scenario/*.json")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	list := map[string]*simulation.Script{}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, flaws := simulation.Parse(raw)
		if len(flaws) > 0 {
			t.Fatalf("%s: %v", path, flaws)
		}
		if filepath.Base(path) != s.Code+".json" {
			t.Errorf("%s calls itself %s", path, s.Code)
		}
		list[s.Code] = s
	}
	return list
}

// script is a small one: a customer asks for a size, grows impatient after 10 and again 10 seconds, and leaves.
func script(t testing.TB, change ...func(string) string) *simulation.Script {
	t.Helper()
	text := small
	for _, f := range change {
		text = f(text)
	}
	s, flaws := simulation.Parse([]byte(text))
	if len(flaws) > 0 {
		t.Fatal(flaws)
	}
	return s
}

const small = `{
	"code": "small", "name": {"zh": "小", "en": "Small"}, "about": {"zh": "小", "en": "Small"}, "seconds": 120, "pass": 6000, "typing": [2, 2],
	"scoring": {"first_response": {"weight": 25, "full": 5, "zero": 25}, "answer_ratio": {"weight": 25, "target": 1200, "free": 200, "zero": 1200}, "points": {"weight": 25}, "forbidden": {"weight": 25, "each": 5000}},
	"intents": {"height": ["身高", "how tall"], "size_m": ["size m", "M码"], "promise": ["guarantee"], "refund_and_time": ["refund & days"]},
	"forbidden": [{"id": "promise", "when": {"any": ["promise"]}, "why": {"zh": "不能保证", "en": "No guarantees"}, "red_line": true}],
	"dialogues": [{"id": "one", "customer": {"zh": "小雨", "en": "Rain"}, "begins": [0, 0], "start": "ask", "states": {
		"ask": {"say": [{"zh": ["什么码？"], "en": ["Which size?"]}], "rules": [{"when": {"any": ["height"]}, "to": "tell"}], "otherwise": {"after": 2, "to": "left"},
			"impatient": [{"after": 10, "say": {"zh": ["在吗"], "en": ["Hello?"]}}, {"after": 10, "to": "left"}]},
		"tell": {"say": [{"zh": ["160"], "en": ["160"]}], "rules": [{"when": {"any": ["size_m"]}, "to": "done"}]},
		"done": {"say": [{"zh": ["谢谢"], "en": ["Thanks"]}], "ends": "served"},
		"left": {"say": [{"zh": ["再见"], "en": ["Bye"]}], "ends": "lost"}},
		"points": [{"id": "probe", "zh": "先问身高", "en": "Ask the height first", "when": {"any": ["height"]}, "before": "tell"}, {"id": "size", "zh": "给出尺码", "en": "Name a size", "when": {"all": ["size_m"]}}]}]
}`

func play(s *simulation.Script, now int64, replies ...simulation.Reply) simulation.DialogueRun {
	return s.Play(simulation.Session{Language: "en", Seed: 1, Replies: replies}, now).Dialogues[0]
}

func say(at int64, text string) simulation.Reply {
	return simulation.Reply{At: at, Dialogue: "one", Text: text}
}

func texts(d simulation.DialogueRun) string {
	var list []string
	for _, m := range d.Messages {
		list = append(list, m.Text)
	}
	return strings.Join(list, " | ")
}

func TestACustomerIsServed(t *testing.T) {
	t.Parallel()
	s := script(t)
	for _, c := range []struct {
		now  int64
		want string
	}{
		{1999, ""},
		{2000, "Which size?"},
		{4000, "Which size? | How tall are you?"},
		{6000, "Which size? | How tall are you? | 160"},
		{8000, "Which size? | How tall are you? | 160 | Size M."},
		{10_000, "Which size? | How tall are you? | 160 | Size M. | Thanks"},
	} {
		d := play(s, c.now, say(4000, "How tall are you?"), say(8000, "Size M."))
		if texts(d) != c.want {
			t.Errorf("at %d ms: %q, want %q", c.now, texts(d), c.want)
		}
		if (d.Outcome == simulation.Served) != (c.now == 10_000) {
			t.Errorf("at %d ms the outcome is %q", c.now, d.Outcome)
		}
	}
}

func TestImpatience(t *testing.T) {
	t.Parallel()
	s := script(t)
	if d := play(s, 119_000); texts(d) != "Which size? | Hello? | Bye" || d.Outcome != simulation.Lost || d.ClosedAt != 24_000 {
		t.Errorf("unanswered: %q, %s at %d", texts(d), d.Outcome, d.ClosedAt)
	}
	// a reply that no rule holds for buys time; the second one makes the customer leave
	if d := play(s, 16_999, say(7000, "One moment.")); texts(d) != "Which size? | One moment." {
		t.Errorf("kept waiting: %q", texts(d))
	}
	if d := play(s, 17_000, say(7000, "One moment.")); texts(d) != "Which size? | One moment. | Hello?" {
		t.Errorf("kept waiting longer: %q", texts(d))
	}
	if d := play(s, 60_000, say(7000, "One moment."), say(8000, "Still looking.")); d.Outcome != simulation.Lost {
		t.Errorf("put off twice: %q", texts(d))
	}
	// a reply of the very moment comes before the nudge
	if d := play(s, 12_000, say(12_000, "How tall?")); strings.Contains(texts(d), "Hello?") {
		t.Errorf("answered in time: %q", texts(d))
	}
	// who keeps silent after being told waits for the end of the run
	if d := play(s, 120_000, say(4000, "How tall?")); d.Outcome != simulation.Unfinished || d.ClosedAt != 120_000 {
		t.Errorf("left waiting: %s at %d", d.Outcome, d.ClosedAt)
	}
}

func TestRulesSeeAllThatWasSaidInTheState(t *testing.T) {
	t.Parallel()
	both := func(text string) string {
		return strings.Replace(strings.Replace(text, `"when": {"any": ["height"]}, "to": "tell"`, `"when": {"all": ["height", "refund_and_time"]}, "to": "tell"`, 1), `"after": 2, "to": "left"`, `"after": 9, "to": "left"`, 1)
	}
	s := script(t, both)
	if d := play(s, 9000, say(3000, "How tall?"), say(4000, "You get a refund"), say(5000, "in 7 DAYS")); !strings.HasSuffix(texts(d), "160") {
		t.Errorf("said in three messages: %q", texts(d))
	}
	for text, want := range map[string]bool{
		"how tall": true, "ＨＯＷ  tall？": true, "how tallest": false, "show tall": false, "您的身高是？": true, "身  高": false,
	} {
		if d := play(script(t), 9000, say(3000, text)); strings.HasSuffix(texts(d), "160") != want {
			t.Errorf("%q is understood: %v, want %v", text, !want, want)
		}
	}
}

func TestScoreExplainsItself(t *testing.T) {
	t.Parallel()
	s := script(t)
	score := func(replies ...simulation.Reply) simulation.RunReport {
		return s.Score(s.Play(simulation.Session{Language: "en", Seed: 1, Replies: replies}, 120_000))
	}
	part := func(r simulation.RunReport, name string) simulation.RunPart {
		return r.Parts[slices.IndexFunc(r.Parts, func(p simulation.RunPart) bool { return p.Part == name })]
	}
	good := score(say(5000, "Hi, how tall are you?"), say(9000, "Take size M."))
	// 3 s to the first answer; 2 replies to 2 questions is 1.0, within 0.2 of 1.2; both points
	if good.Score != 100_00 || !good.Passed {
		t.Errorf("a good run scores %+v", good)
	}
	if f := part(good, "points").Findings[0]; !f.Good || f.Quote != "Hi, how tall are you?" || f.At != 5000 {
		t.Errorf("the point is shown by %+v", f)
	}
	slow := score(say(17_000, "how tall?"), say(22_000, "size m"))
	// 15 s is half way from 5 to 25
	if p := part(slow, "first_response"); p.Score != 50_00 || p.Findings[0].EN != "First answer after 15.0 s." {
		t.Errorf("a slow run: %+v", p)
	}
	late := score(say(5000, "size m, and how tall?"), say(9000, "size m"))
	if p := part(late, "points"); p.Score != 100_00 {
		t.Errorf("probing in the message that leads on is before it: %+v", p)
	}
	red := score(say(5000, "How tall? I guarantee it."), say(9000, "size m"))
	if p := part(red, "forbidden"); p.Score != 50_00 || p.Findings[0].Quote != "How tall? I guarantee it." || red.Passed || !red.RedLine || red.Score != 87_50 {
		t.Errorf("a red line: %+v", red)
	}
	talker := score(say(5000, "a"), say(5001, "b how tall"), say(9000, "c"), say(9001, "d"), say(9002, "e"), say(9003, "size m"))
	// 6 to 2 is 3.0, farther off than 1.2
	if p := part(talker, "answer_ratio"); p.Score != 0 {
		t.Errorf("who talks too much: %+v", p)
	}
	silent := score()
	if silent.Score != 25_00 || silent.Passed { // nothing forbidden was said
		t.Errorf("who says nothing scores %d", silent.Score)
	}
}

func TestParseNamesEveryFlaw(t *testing.T) {
	t.Parallel()
	for at, change := range map[string][2]string{
		"/dialogues/0/states/ask/rules/0/to":        {`"to": "tell"`, `"to": "nowhere"`},
		"/dialogues/0/states/left":                  {`"otherwise": {"after": 2, "to": "left"},`, ``},
		"/dialogues/0/states/tell":                  {`"rules": [{"when": {"any": ["size_m"]}, "to": "done"}]`, `"rules": [{"when": {"any": ["size_m"]}, "to": "tell"}]`},
		"/dialogues/0/states/ask/rules/0/when":      {`{"any": ["height"]}, "to"`, `{"any": ["weight"]}, "to"`},
		"/scoring":                                  {`"points": {"weight": 25}`, `"points": {"weight": 26}`},
		"/scoring/first_response":                   {`"full": 5, "zero": 25`, `"full": 25, "zero": 25`},
		"/typing":                                   {`[2, 2]`, `[3, 2]`},
		"/intents/height":                           {`["身高", "how tall"]`, `["身高", "how & "]`},
		"/dialogues/0/states/ask/say/0":             {`"en": ["Which size?"]`, `"en": []`},
		"/dialogues/0/states/ask/impatient/0/after": {`"impatient": [{"after": 10`, `"impatient": [{"after": 1`},
		"/dialogues/0/points/0/before":              {`"before": "tell"`, `"before": "never"`},
		"/dialogues/0/begins":                       {`[0, 0]`, `[0, 120]`},
		"":                                          {`"pass": 6000`, `"passing": 6000`},
	} {
		text := strings.Replace(small, change[0], change[1], 1)
		if at == "/dialogues/0/states/left" { // nothing leads there any more
			text = strings.Replace(text, `, {"after": 10, "to": "left"}`, ``, 1)
		}
		_, flaws := simulation.Parse([]byte(text))
		if !slices.ContainsFunc(flaws, func(f simulation.Flaw) bool { return f.At == at }) {
			t.Errorf("%s is not found: %v", at, flaws)
		}
	}
}

// Whatever an agent says and whenever: the same replies make the same run, what was shown stays as it was, every run
// ends, and its score is within its bounds.
func TestRunsAreCausalAndEnd(t *testing.T) {
	t.Parallel()
	all := scenarios(t)
	codes := make([]string, 0, len(all))
	for code := range all {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	rapid.Check(t, func(t *rapid.T) {
		s := all[rapid.SampledFrom(codes).Draw(t, "script")]
		limit := int64(s.Seconds) * 1000
		session := simulation.Session{Language: rapid.SampledFrom([]string{"zh", "en"}).Draw(t, "language"), Seed: rapid.Uint64().Draw(t, "seed")}
		var phrases []string
		for _, list := range s.Intents {
			phrases = append(phrases, list...)
		}
		slices.Sort(phrases)
		at := int64(0)
		for range rapid.IntRange(0, 30).Draw(t, "replies") {
			at += rapid.Int64Range(0, 40_000).Draw(t, "pause")
			session.Replies = append(session.Replies, simulation.Reply{
				At: at, Dialogue: s.Dialogues[rapid.IntRange(0, len(s.Dialogues)-1).Draw(t, "dialogue")].ID, Text: rapid.SampledFrom(phrases).Draw(t, "text"),
			})
		}
		whole := s.Play(session, limit)
		if !whole.Ended || whole.EndsAt > limit {
			t.Fatalf("the run has not ended at its limit: %+v", whole)
		}
		if again := s.Play(session, limit); !reflect.DeepEqual(whole, again) {
			t.Fatal("the same session plays differently")
		}
		now := rapid.Int64Range(0, limit).Draw(t, "now")
		before := session
		before.Replies = slices.DeleteFunc(slices.Clone(session.Replies), func(r simulation.Reply) bool { return r.At > now })
		then := s.Play(before, now)
		for i, d := range then.Dialogues {
			var shown []simulation.Message
			for _, m := range whole.Dialogues[i].Messages {
				if m.At <= now {
					shown = append(shown, m)
				}
			}
			if !slices.Equal(d.Messages, shown) {
				t.Fatalf("what was shown at %d changed:\n%v\n%v", now, d.Messages, shown)
			}
		}
		if then.Next >= 0 {
			if then.Next <= now && now < limit {
				t.Fatalf("at %d the next thing is at %d", now, then.Next)
			}
			if quiet := s.Play(before, then.Next-1); then.Next-1 >= now && len(quiet.Dialogues) > 0 && countMessages(quiet) != countMessages(then) {
				t.Fatalf("something happened between %d and %d", now, then.Next)
			}
		}
		report := s.Score(whole)
		if report.Score < 0 || report.Score > 100_00 || len(report.Parts) != 4 || report.Passed && report.RedLine {
			t.Fatalf("the score is %+v", report)
		}
	})
}

func countMessages(r *simulation.Run) (n int) {
	for _, d := range r.Dialogues {
		n += len(d.Messages)
	}
	return n
}

// Every scenario of the project can be passed in both languages by saying what its points ask for, and cannot by saying nothing.
func TestScenariosCanBePassed(t *testing.T) {
	t.Parallel()
	for code, s := range scenarios(t) {
		for _, language := range []string{"zh", "en"} {
			session := simulation.Session{Language: language, Seed: 7}
			for i := range s.Dialogues {
				// the answer to each line of the customer's: all that the dialogue's points ask for, four seconds later
				for range 6 {
					run := s.Play(session, int64(s.Seconds)*1000-1)
					d := run.Dialogues[i]
					last := len(d.Messages) - 1
					answered := slices.ContainsFunc(d.Messages, func(m simulation.Message) bool { return m.From == "agent" })
					k := slices.IndexFunc(d.Messages, func(m simulation.Message) bool { return m.Kind == "question" })
					for j, m := range d.Messages {
						if m.From == "agent" {
							k = -1
							for n := j + 1; n <= last; n++ {
								if d.Messages[n].Kind == "question" {
									k = n
								}
							}
						}
					}
					if answered && k < 0 || k < 0 {
						break
					}
					session.Replies = append(session.Replies, simulation.Reply{At: d.Messages[k].At + 4000, Dialogue: d.ID, Text: everything(s, i, language)})
					slices.SortStableFunc(session.Replies, func(a, b simulation.Reply) int { return int(a.At - b.At) })
				}
			}
			limit := int64(s.Seconds) * 1000
			if r := s.Score(s.Play(session, limit)); !r.Passed {
				t.Errorf("%s in %s cannot be passed: %+v", code, language, r)
			}
			if r := s.Score(s.Play(simulation.Session{Language: language}, limit)); r.Passed {
				t.Errorf("%s in %s is passed in silence: %d", code, language, r.Score)
			}
		}
	}
}

// everything is a reply that makes all points of a dialogue.
func everything(s *simulation.Script, dialogue int, language string) string {
	var list []string
	for _, p := range s.Dialogues[dialogue].Points {
		for _, intent := range slices.Concat(p.When.Any, p.When.All) {
			phrases := s.Intents[intent]
			phrase := phrases[0]
			if language == "en" {
				phrase = phrases[len(phrases)-1]
			}
			list = append(list, phrase)
		}
	}
	return strings.Join(list, ", ")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, flaws := simulation.Parse(raw)
		if (s == nil) != (len(flaws) > 0) {
			t.Fatalf("%v with %v", s, flaws)
		}
		if s != nil {
			limit := int64(s.Seconds) * 1000
			if run := s.Play(simulation.Session{Language: "zh", Seed: 3}, limit); !run.Ended {
				t.Fatal("a run has no end")
			}
		}
	})
}
