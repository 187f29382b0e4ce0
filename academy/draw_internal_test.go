package academy

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
)

// Whatever the pool: a seed gives one form, a form has what the blueprint says and nothing twice, and of the form before
// only what it must.
func TestPickKeepsTheBlueprint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		topics := []string{"售前", "售前/物流", "售后"}
		pool := make([]pooled, rapid.IntRange(5, 60).Draw(t, "pool"))
		for i := range pool {
			pool[i] = pooled{uuid.UUID{byte(i), 1}, uuid.UUID{byte(i), 2}, rapid.SampledFrom(topics).Draw(t, "topic"), rapid.IntRange(1, 2).Draw(t, "difficulty"), exchange.Open}
		}
		blueprint := []Cell{{Topic: "售前", Count: rapid.IntRange(1, 9).Draw(t, "presale"), Points: 2}, {Topic: "售后", Difficulty: 2, Count: rapid.IntRange(1, 9).Draw(t, "aftersale"), Points: 5}}
		overlap, seed := rapid.IntRange(0, 100).Draw(t, "overlap"), rapid.Uint64().Draw(t, "seed")
		first, err := pick(blueprint, pool, 0, rand.New(rand.NewPCG(seed, 0)), nil)
		if err != nil {
			if !errors.Is(err, ErrBlueprint) {
				t.Fatal(err)
			}
			return
		}
		if again, err := pick(blueprint, pool, 0, rand.New(rand.NewPCG(seed, 0)), nil); err != nil || !slices.EqualFunc(first, again, same) {
			t.Fatalf("a seed gives two forms: %v %v", first, again)
		}
		inCell, fresh := make([]int, len(blueprint)), 0
		for _, p := range pool {
			if i := slices.IndexFunc(blueprint, func(c Cell) bool { return c.holds(p.Topic, p.Difficulty) }); i >= 0 {
				inCell[i]++
			}
		}
		for i, c := range blueprint {
			fresh += min(c.Count, inCell[i]-c.Count)
		}
		second, err := pick(blueprint, pool, overlap, rand.New(rand.NewPCG(seed+1, 0)), questions(first))
		if must := len(first) - fresh; (err == nil) != (must*100 <= overlap*len(first)) || err != nil && !errors.Is(err, ErrFormsExhausted) {
			t.Fatalf("%d of %d must repeat, %d%% may: %v", must, len(first), overlap, err)
		}
		for _, form := range [][]DrawnItem{first, second} {
			if err != nil && len(form) == 0 {
				continue
			}
			got := make([]int, len(blueprint))
			for i, item := range form {
				if slices.Contains(ids(form[:i]), item.QuestionVersionID) {
					t.Fatal("a question is asked twice")
				}
				p := pool[slices.IndexFunc(pool, func(p pooled) bool { return p.ID == item.QuestionVersionID })]
				cell := slices.IndexFunc(blueprint, func(c Cell) bool { return c.holds(p.Topic, p.Difficulty) })
				if got[cell]++; item.Points != blueprint[cell].Points {
					t.Fatalf("%v is worth %d", p, item.Points)
				}
			}
			for i := range blueprint {
				if got[i] != blueprint[i].Count {
					t.Fatalf("cell %d has %d of %d", i, got[i], blueprint[i].Count)
				}
			}
		}
	})
}

// A trainer previews the answers where an examinee sees them, each with its key.
func TestPreviewIsWhatIsShown(t *testing.T) {
	t.Parallel()
	text := func(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }
	rapid.Check(t, func(t *rapid.T) {
		d := DrawnItem{Question: exchange.Question{Kind: rapid.SampledFrom([]exchange.Kind{exchange.SingleChoice, exchange.MultipleChoice}).Draw(t, "kind")}}
		for i := range rapid.IntRange(2, 8).Draw(t, "answers") {
			d.Question.Answers = append(d.Question.Answers, exchange.Answer{Text: text(string(rune('a' + i))), Weight: exchange.Weight(i)})
		}
		d.Layout = marking.NewLayout(&d.Question, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
		seen, shown := d.preview(), marking.Show(&d.Question, d.Layout)
		for i, a := range seen.Question.Answers {
			if a.Text.Body != shown.Choices[i].Body || a != d.Question.Answers[seen.Shown[i]] {
				t.Fatalf("answer %d is %v, the examinee sees %v", i, a, shown.Choices[i])
			}
		}
		if len(seen.Question.Answers) != len(d.Question.Answers) {
			t.Fatalf("%d answers of %d", len(seen.Question.Answers), len(d.Question.Answers))
		}
	})
}

func same(a, b DrawnItem) bool {
	return a.QuestionVersionID == b.QuestionVersionID && a.Points == b.Points
}

// questions are those of a form, by this test's numbering.
func questions(form []DrawnItem) map[uuid.UUID]bool {
	known := map[uuid.UUID]bool{}
	for _, id := range ids(form) {
		id[1] = 2
		known[id] = true
	}
	return known
}
