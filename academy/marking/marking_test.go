package marking_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
)

func kinds() []exchange.Kind {
	return []exchange.Kind{
		exchange.SingleChoice, exchange.MultipleChoice, exchange.TrueFalse, exchange.Numeric, exchange.ShortText,
		exchange.Matching, exchange.Ordering, exchange.Open, exchange.Dialogue,
	}
}

// Every text and number of a question is a word of its own here, whatever its kind; of them the examinee is sent these.
func TestShownHoldsNoKey(t *testing.T) {
	t.Parallel()
	sent := map[exchange.Kind][]string{
		exchange.SingleChoice: {"Answers.0.Text", "Answers.1.Text", "Answers.2.Text"}, exchange.MultipleChoice: {"Answers.0.Text", "Answers.1.Text", "Answers.2.Text"},
		exchange.TrueFalse: nil, exchange.Numeric: nil, exchange.ShortText: nil, exchange.Open: nil,
		exchange.Matching: {"Pairs.0.Left", "Pairs.1.Left", "Pairs.2.Left", "Pairs.0.Right", "Pairs.1.Right", "Pairs.2.Right"},
		exchange.Ordering: {"Items.0", "Items.1", "Items.2"},
		exchange.Dialogue: {"Turns.0.Text", "Turns.1.Text"},
	}
	for _, kind := range kinds() {
		q := exchange.Question{}
		words := map[string]string{} // word: where it stands
		fill(reflect.ValueOf(&q).Elem(), "", words)
		q.Kind = kind
		q.Turns[0].Speaker, q.Turns[1].Speaker, q.Turns[2].Speaker = exchange.Agent, exchange.Customer, exchange.Agent
		l := marking.NewLayout(&q, rand.New(rand.NewPCG(1, 2)))
		raw, err := json.Marshal(marking.Show(&q, l))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for word, path := range words {
			if strings.Contains(string(raw), word) {
				found = append(found, strings.TrimSuffix(path, ".Body"))
			}
		}
		want := append([]string{"Text"}, sent[kind]...)
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Errorf("of a %s question the examinee is sent %v, want %v: %s", kind, found, want, raw)
		}
	}
}

// fill writes a word of its own into everything that can hold one.
func fill(v reflect.Value, path string, words map[string]string) {
	switch kind := v.Kind(); {
	case kind == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), words)
		}
	case kind == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(v.Index(i), fmt.Sprintf("%s.%d", path, i), words)
		}
	case kind == reflect.String && (strings.HasSuffix(path, "Format") || strings.HasSuffix(path, "Speaker") || path == "Kind"), kind == reflect.Bool:
	case kind == reflect.String:
		word := fmt.Sprintf("word%dx", len(words))
		words[word] = path
		v.SetString(word)
	case kind == reflect.Int || kind == reflect.Int64:
		n := 7_000_001 + len(words)
		words[strconv.Itoa(n)] = path
		v.SetInt(int64(n))
	default:
		panic("a question has a " + kind.String() + " at " + path + ": say whether it is a key")
	}
}

// The order that is shown is the layout's, and says nothing of the right one.
func TestOrderIsDrawn(t *testing.T) {
	t.Parallel()
	q := ordering()
	first := map[string]int{}
	random := rand.New(rand.NewPCG(3, 4))
	for range 4000 {
		first[marking.Show(q, marking.NewLayout(q, random)).Items[0].Body]++
	}
	for _, item := range q.Items {
		if n := first[item.Body]; n < 850 || n > 1150 {
			t.Errorf("%s is first %d times of 4000", item.Body, n)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		q      *exchange.Question
		a      marking.AnswerGiven
		earned exchange.Weight
	}{
		{"the right choice", single(), marking.AnswerGiven{Choice: new(0)}, exchange.Full},
		{"a choice worth half", single(), marking.AnswerGiven{Choice: new(1)}, exchange.Full / 2},
		{"a choice below nothing", single(), marking.AnswerGiven{Choice: new(2)}, 0},
		{"no choice", single(), marking.AnswerGiven{}, 0},
		{"a choice that is not there", single(), marking.AnswerGiven{Choice: new(3)}, 0},
		{"another kind's answer", single(), marking.AnswerGiven{Truth: new(true)}, 0},
		{"all three thirds", thirds(), marking.AnswerGiven{Choices: []int{2, 0, 1}}, exchange.Full},
		{"one third", thirds(), marking.AnswerGiven{Choices: []int{1}}, 33_33333},
		{"everything", thirds(), marking.AnswerGiven{Choices: []int{0, 1, 2, 3, 4, 5}}, 0},
		{"two thirds and a wrong one", thirds(), marking.AnswerGiven{Choices: []int{0, 1, 5}}, 33_33332},
		{"everything of few wrong ones", quarters(1), marking.AnswerGiven{Choices: []int{0, 1, 2, 3, 4}}, 0},
		{"everything of some wrong ones", quarters(3), marking.AnswerGiven{Choices: []int{0, 1, 2, 3, 4, 5, 6}}, 0},
		{"three of four and the wrong one", quarters(1), marking.AnswerGiven{Choices: []int{0, 1, 2, 4}}, 0},
		{"three of four", quarters(1), marking.AnswerGiven{Choices: []int{0, 1, 2}}, 75_00000},
		{"the author takes away", multiple(-50_00000), marking.AnswerGiven{Choices: []int{0, 1, 2}}, 50_00000},
		{"the author takes away more", multiple(-100_00000), marking.AnswerGiven{Choices: []int{0, 2}}, 0},
		{"true", truth(), marking.AnswerGiven{Truth: new(true)}, 0},
		{"false", truth(), marking.AnswerGiven{Truth: new(false)}, exchange.Full},
		{"the number", numeric(), marking.AnswerGiven{Number: "3.14"}, exchange.Full},
		{"the end of the tolerance", numeric(), marking.AnswerGiven{Number: "3.15"}, exchange.Full},
		{"just outside it", numeric(), marking.AnswerGiven{Number: "3.1500001"}, exchange.Full / 2},
		{"wide digits", numeric(), marking.AnswerGiven{Number: " ３．１４ "}, exchange.Full},
		{"by exponent", numeric(), marking.AnswerGiven{Number: "+314E-2"}, exchange.Full},
		{"outside all", numeric(), marking.AnswerGiven{Number: "5"}, 0},
		{"the text, otherwise written", short(false), marking.AnswerGiven{Text: "　SEVEN  Days。"}, exchange.Full},
		{"the pattern", short(false), marking.AnswerGiven{Text: "within 7 days"}, exchange.Full / 2},
		{"a star is a star", short(false), marking.AnswerGiven{Text: "5*3"}, exchange.Full / 4},
		{"and nothing else", short(false), marking.AnswerGiven{Text: "5x3"}, 0},
		{"case counts", short(true), marking.AnswerGiven{Text: "seven days"}, exchange.Full},
		{"case counts against one", short(true), marking.AnswerGiven{Text: "Seven days"}, 0},
		{"all pairs", matching(), marking.AnswerGiven{Matches: []int{0, 1, 0}}, exchange.Full},
		{"two of three pairs", matching(), marking.AnswerGiven{Matches: []int{0, -1, 0}}, exchange.Full * 2 / 3},
		{"the wrong match", matching(), marking.AnswerGiven{Matches: []int{2, 2, 2}}, 0},
		{"in order", ordering(), marking.AnswerGiven{Order: []int{0, 1, 2, 3}}, exchange.Full},
		{"the last first", ordering(), marking.AnswerGiven{Order: []int{3, 0, 1, 2}}, exchange.Full * 2 / 3},
		{"backwards", ordering(), marking.AnswerGiven{Order: []int{3, 2, 1, 0}}, 0},
		{"an open one unanswered", &exchange.Question{Kind: exchange.Open}, marking.AnswerGiven{Text: " "}, 0},
	} {
		plain := make(marking.Layout, max(len(c.q.Answers), len(c.q.Items), 3))
		for i := range plain {
			plain[i] = i
		}
		if c.q.Kind == exchange.Matching {
			plain = marking.Layout{0, 1, 3} // the right sides of the first, the second and the one without a left
		}
		if m := marking.Score(c.q, plain[:shownOf(c.q, plain)], c.a); m.Earned != c.earned || m.Waits {
			t.Errorf("%s earns %s, want %s (waits: %t)", c.name, m.Earned, c.earned, m.Waits)
		}
	}
	if !marking.Score(&exchange.Question{Kind: exchange.Open}, nil, marking.AnswerGiven{Text: "an answer"}).Waits {
		t.Error("an open answer does not wait for a grader")
	}
}

func shownOf(q *exchange.Question, l marking.Layout) int {
	if q.Kind == exchange.Matching {
		return len(l)
	}
	return max(len(q.Answers), len(q.Items))
}

// However it was laid out, the same answer earns the same and has the same key.
func TestLayoutChangesNoScore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		q := ordering()
		order := random.Perm(len(q.Items)) // in the question's own terms
		var earned []exchange.Weight
		var keys []string
		for range 2 {
			l := marking.NewLayout(q, random)
			a := marking.AnswerGiven{}
			for _, item := range order {
				a.Order = append(a.Order, slices.Index(l, item))
			}
			if flaws := marking.Show(q, l).Check(a); len(flaws) > 0 {
				t.Fatal(flaws)
			}
			earned, keys = append(earned, marking.Score(q, l, a).Earned), append(keys, marking.Key(q, l, a))
		}
		if earned[0] != earned[1] || keys[0] != keys[1] {
			t.Fatalf("%v %v", earned, keys)
		}
	})
}

// Whoever answers as Right says earns all of it, in whatever order it is shown.
func TestRightEarnsAll(t *testing.T) {
	t.Parallel()
	stars := &exchange.Question{Kind: exchange.ShortText, Answers: []exchange.Answer{{Text: exchange.Text{Body: `5 \* 48 小时*`}, Weight: exchange.Full}}}
	anything := &exchange.Question{Kind: exchange.ShortText, Answers: []exchange.Answer{{Text: exchange.Text{Body: "*"}, Weight: exchange.Full}}}
	for _, q := range []*exchange.Question{single(), thirds(), truth(), numeric(), short(false), short(true), matching(), ordering(), stars, anything} {
		for seed := range uint64(20) {
			l := marking.NewLayout(q, rand.New(rand.NewPCG(seed, 1)))
			a := marking.Right(q, l)
			if flaws := marking.Show(q, l).Check(a); len(flaws) > 0 || marking.Score(q, l, a).Earned != exchange.Full {
				t.Fatalf("%s laid out %v: %+v earns %s, %v", q.Kind, l, a, marking.Score(q, l, a).Earned, flaws)
			}
		}
	}
	if a := marking.Right(&exchange.Question{Kind: exchange.Open}, nil); !a.Blank() {
		t.Errorf("an open question is answered %+v", a)
	}
}

func TestCheckNamesTheFlaw(t *testing.T) {
	t.Parallel()
	dialogue := &exchange.Question{Kind: exchange.Dialogue, Turns: []exchange.Turn{{Speaker: exchange.Customer, Text: "hi"}, {Speaker: exchange.Customer, Text: "where?"}}}
	for _, c := range []struct {
		q    *exchange.Question
		a    marking.AnswerGiven
		want string
	}{
		{single(), marking.AnswerGiven{Choice: new(3)}, "/choice out_of_range"},
		{single(), marking.AnswerGiven{Text: "A"}, "/text not_of_kind"},
		{thirds(), marking.AnswerGiven{Choices: []int{1, 1}}, "/choices/1 not_unique"},
		{numeric(), marking.AnswerGiven{Number: "1,000"}, "/number not_a_number"},
		{numeric(), marking.AnswerGiven{Number: "1e31"}, "/number not_a_number"},
		{numeric(), marking.AnswerGiven{Number: "."}, "/number not_a_number"},
		{numeric(), marking.AnswerGiven{Number: "0x10"}, "/number not_a_number"},
		{numeric(), marking.AnswerGiven{Number: "1/3"}, "/number not_a_number"},
		{short(false), marking.AnswerGiven{Text: strings.Repeat("七", 1001)}, "/text too_long"},
		{short(false), marking.AnswerGiven{Text: "a\x00b"}, "/text bad_characters"},
		{matching(), marking.AnswerGiven{Matches: []int{0}}, "/matches wrong_count"},
		{matching(), marking.AnswerGiven{Matches: []int{0, 1, 9}}, "/matches/2 out_of_range"},
		{ordering(), marking.AnswerGiven{Order: []int{0, 0, 1, 2}}, "/order not_an_order"},
		{dialogue, marking.AnswerGiven{Replies: []string{"hello"}}, "/replies wrong_count"},
		{dialogue, marking.AnswerGiven{Replies: []string{"hello", strings.Repeat("x", 5001)}}, "/replies/1 too_long"},
	} {
		flaws := marking.Show(c.q, marking.NewLayout(c.q, rand.New(rand.NewPCG(1, 1)))).Check(c.a)
		if len(flaws) != 1 || flaws[0].Pointer+" "+flaws[0].Code != c.want || flaws[0].ZH == "" || flaws[0].EN == "" {
			t.Errorf("got %v, want %s", flaws, c.want)
		}
	}
}

// What anybody may send is checked and scored without a panic, and earns between nothing and everything.
func FuzzAnswer(f *testing.F) {
	f.Add(uint8(0), []byte(`{"choice": 0}`))
	f.Add(uint8(3), []byte(`{"number": "1e5"}`))
	f.Add(uint8(5), []byte(`{"matches": [-1, 99]}`))
	f.Add(uint8(6), []byte(`{"order": [0, 1, 2, 3]}`))
	all := []*exchange.Question{single(), thirds(), truth(), numeric(), short(false), matching(), ordering(), {Kind: exchange.Open}}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		var a marking.AnswerGiven
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		q := all[int(which)%len(all)]
		l := marking.NewLayout(q, rand.New(rand.NewPCG(1, 1)))
		if m := marking.Score(q, l, a); m.Earned < 0 || m.Earned > exchange.Full {
			t.Errorf("%s earns %s", raw, m.Earned)
		}
		marking.Key(q, l, a)
	})
}

func TestTotalRoundsHalfUp(t *testing.T) {
	t.Parallel()
	third := exchange.Full / 3
	for _, c := range []struct {
		parts []marking.Part
		want  int
	}{
		{nil, 0},
		{[]marking.Part{{1, exchange.Full}, {1, 0}}, 50_00},
		{[]marking.Part{{2, exchange.Full}, {1, 0}}, 66_67},
		{[]marking.Part{{1, third}, {1, third}, {1, third}}, 33_33},
		{[]marking.Part{{1, 12_34500}}, 12_35},
		{[]marking.Part{{1000, exchange.Full}, {1, exchange.Full}}, 100_00},
	} {
		if got := marking.Total(c.parts); got != c.want {
			t.Errorf("%v come to %d, want %d", c.parts, got, c.want)
		}
	}
}

func TestThirdGraderDecides(t *testing.T) {
	t.Parallel()
	near, far := exchange.Full-marking.Disagreement, exchange.Full-marking.Disagreement-1
	for _, c := range []struct {
		marks []exchange.Weight
		want  exchange.Weight
		third bool
	}{
		{nil, 0, false},
		{[]exchange.Weight{7}, 7, false},
		{[]exchange.Weight{exchange.Full, near}, 90_00000, false},
		{[]exchange.Weight{far, exchange.Full}, 89_99999, true},
		{[]exchange.Weight{exchange.Full, 0, far}, far, false},
	} {
		if got, third := marking.Settle(c.marks); got != c.want || third != c.third {
			t.Errorf("%v settle at %s (a third: %t)", c.marks, got, third)
		}
	}
	rubric := []exchange.Criterion{{Name: "probe", Points: 3}, {Name: "link", Points: 1}}
	if w, ok := marking.Graded(rubric, []int{3, 0}); w != 75_00000 || !ok {
		t.Errorf("three of four points are %s", w)
	}
	for _, points := range [][]int{{3}, {4, 0}, {-1, 1}, {1, 1, 1}} {
		if _, ok := marking.Graded(rubric, points); ok {
			t.Errorf("%v fits the rubric", points)
		}
	}
}

// A group of people who guess among three wrong answers: coincidence is told from copying, and whoever copied stands out.
func TestLikenessTellsCopyingFromCoincidence(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	const people, questions = 120, 80
	group := make([][]marking.Response, people, people+1)
	for p := range group {
		for q := range questions {
			r := marking.Response{Question: strconv.Itoa(q), Wrong: random.Float64() < 0.4, Key: "right"}
			if r.Wrong {
				r.Key = strconv.Itoa(random.IntN(3))
			}
			group[p] = append(group[p], r)
		}
	}
	copied := slices.Clone(group[0])
	for q := range questions / 5 { // all but a fifth of it
		copied[q*5] = group[1][q*5]
	}
	group = append(group, copied)
	g := marking.NewGroup(group)
	for i := range group {
		for j := range i {
			like := g.Compare(group[i], group[j])
			if like.Striking(people) != (i == people && j == 0) {
				t.Errorf("%d and %d: %+v", i, j, like)
			}
		}
	}
	alone := marking.NewGroup([][]marking.Response{group[0], copied})
	if like := alone.Compare(group[0], copied); like.Chance != 1 || like.Striking(1) {
		t.Errorf("two people without a group are accused: %+v", like)
	}
}

// Three wrong answers, each the same by coincidence in one case of two: at least two are the same in one case of two.
func TestLikenessIsExact(t *testing.T) {
	t.Parallel()
	say := func(keys ...string) (list []marking.Response) {
		for i, k := range keys {
			list = append(list, marking.Response{Question: strconv.Itoa(i), Key: k, Wrong: true})
		}
		return list
	}
	// of the two others (one pair) none agrees: (0 + 1) / (1 + 1) a question
	g := marking.NewGroup([][]marking.Response{say("a", "a", "a"), say("a", "a", "b"), say("c", "c", "c"), say("d", "d", "d")})
	like := g.Compare(say("a", "a", "a"), say("a", "a", "b"))
	if like.BothWrong != 3 || like.SameWrong != 2 || like.Expected != 1.5 || like.Chance != 0.5 {
		t.Errorf("%+v", like)
	}
}

func TestHaste(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	others := make([]float64, 200)
	for i := range others {
		others[i] = 30 * (0.7 + 0.6*random.Float64())
	}
	if h := marking.Hurry(40*28, 40, others); h.Striking() || h.Median < 27 || h.Median > 33 {
		t.Errorf("an ordinary attempt: %+v", h)
	}
	if h := marking.Hurry(40*6, 40, others); !h.Striking() {
		t.Errorf("six seconds an answer beside thirty: %+v", h)
	}
	if h := marking.Hurry(40*6, 40, others[:marking.OthersFrom-1]); h.Striking() || h.Median != 0 {
		t.Errorf("beside too few: %+v", h)
	}
	if h := marking.Hurry(30, 40, nil); !h.Striking() {
		t.Errorf("nobody reads so fast: %+v", h)
	}
	alike := slices.Repeat([]float64{40, 40.001, 39.999}, 10)
	if h := marking.Hurry(40*39.9, 40, alike); h.Striking() {
		t.Errorf("a tenth of a second among people who are alike is striking: %+v", h)
	}
	if h := marking.Hurry(40*20, 40, alike); !h.Striking() {
		t.Errorf("half the time of people who are alike is not striking: %+v", h)
	}
	if h := marking.Hurry(1, 0, nil); h.Striking() {
		t.Errorf("nothing answered: %+v", h)
	}
}

func single() *exchange.Question {
	return &exchange.Question{Kind: exchange.SingleChoice, Answers: []exchange.Answer{choice("a", exchange.Full), choice("b", exchange.Full/2), choice("c", -exchange.Full)}}
}

func thirds() *exchange.Question {
	return &exchange.Question{Kind: exchange.MultipleChoice, Answers: []exchange.Answer{
		choice("a", 33_33333), choice("b", 33_33333), choice("c", 33_33333), choice("d", 0), choice("e", 0), choice("f", 0),
	}}
}

// quarters has four right choices, and wrong ones that cost nothing by the author's weights.
func quarters(wrong int) *exchange.Question {
	q := &exchange.Question{Kind: exchange.MultipleChoice}
	for i := range 4 + wrong {
		q.Answers = append(q.Answers, choice(string(rune('a'+i)), map[bool]exchange.Weight{true: 25_00000}[i < 4]))
	}
	return q
}

func multiple(wrong exchange.Weight) *exchange.Question {
	return &exchange.Question{Kind: exchange.MultipleChoice, Answers: []exchange.Answer{choice("a", exchange.Full/2), choice("b", exchange.Full/2), choice("c", wrong), choice("d", 0)}}
}

func truth() *exchange.Question {
	return &exchange.Question{Kind: exchange.TrueFalse, Answers: []exchange.Answer{{}, {Weight: exchange.Full}}}
}

func numeric() *exchange.Question {
	return &exchange.Question{Kind: exchange.Numeric, Answers: []exchange.Answer{
		{Number: exchange.Number{Value: "3.14", Tolerance: "0.01"}, Weight: exchange.Full}, {Number: exchange.Number{Low: "3", High: "4"}, Weight: exchange.Full / 2},
	}}
}

func short(caseMade bool) *exchange.Question {
	return &exchange.Question{Kind: exchange.ShortText, CaseMade: caseMade, Answers: []exchange.Answer{
		choice("seven days", exchange.Full), choice("within*days", exchange.Full/2), choice("5＊3", exchange.Full/4),
	}}
}

func matching() *exchange.Question {
	left := func(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }
	return &exchange.Question{Kind: exchange.Matching, Pairs: []exchange.Pair{{Left: left("cat"), Right: "animal"}, {Left: left("rose"), Right: "plant"}, {Left: left("dog"), Right: "animal"}, {Right: "stone"}}}
}

func ordering() *exchange.Question {
	q := &exchange.Question{Kind: exchange.Ordering}
	for _, s := range []string{"greet", "probe", "recommend", "close"} {
		q.Items = append(q.Items, exchange.Text{Format: exchange.Plain, Body: s})
	}
	return q
}

func choice(s string, w exchange.Weight) exchange.Answer {
	return exchange.Answer{Text: exchange.Text{Format: exchange.Plain, Body: s}, Weight: w}
}
