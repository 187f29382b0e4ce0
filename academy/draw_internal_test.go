package academy

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"peakseat/academy/exchange"
)

// Whatever the pool: a seed gives one form, a form has what the blueprint says and nothing twice, and of the form before
// only what it must.
func TestPickKeepsTheBlueprint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		topics := []string{"售前", "售前/物流", "售后"}
		pool := make([]pooled, rapid.IntRange(5, 60).Draw(t, "pool"))
		for i := range pool {
			pool[i] = pooled{uuid.UUID{byte(i), 1}, uuid.UUID{byte(i), 2}, rapid.SampledFrom(topics).Draw(t, "topic"), rapid.IntRange(1, 2).Draw(t, "difficulty")}
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

// What is shown where is told by Shown, and no question loses or gains a part.
func TestShuffleIsToldByShown(t *testing.T) {
	t.Parallel()
	text := func(s string) exchange.Text { return exchange.Text{Format: exchange.Plain, Body: s} }
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		choice := exchange.Question{Kind: exchange.SingleChoice}
		match := exchange.Question{Kind: exchange.Matching}
		order := exchange.Question{Kind: exchange.Ordering}
		for i := range rapid.IntRange(2, 8).Draw(t, "parts") {
			name := string(rune('a' + i))
			choice.Answers = append(choice.Answers, exchange.Answer{Text: text(name), Weight: exchange.Weight(i)})
			match.Pairs = append(match.Pairs, exchange.Pair{Left: text(name), Right: name})
			order.Items = append(order.Items, text(name))
		}
		for _, q := range []exchange.Question{choice, match, order, {Kind: exchange.TrueFalse, Answers: choice.Answers}} {
			d := DrawnItem{Question: q}
			d.shuffle(random)
			switch q.Kind { //nolint:exhaustive // the others have nothing to shuffle
			case exchange.SingleChoice:
				for i, from := range d.Shown {
					if d.Question.Answers[i] != q.Answers[from] {
						t.Fatalf("answer %d is not %d of the version", i, from)
					}
				}
			case exchange.Matching:
				for _, p := range d.Question.Pairs {
					if p.Left.Body != p.Right {
						t.Fatal("a pair was torn apart")
					}
				}
			case exchange.Ordering:
				if !slices.Equal(d.Question.Items, q.Items) {
					t.Fatal("the right order is lost")
				}
			default:
				if d.Shown != nil || !slices.Equal(d.Question.Answers, q.Answers) {
					t.Fatal("true stands first")
				}
				continue
			}
			if all := slices.Sorted(slices.Values(d.Shown)); len(all) != len(choice.Answers) || all[0] != 0 || all[len(all)-1] != len(all)-1 || len(slices.Compact(all)) != len(choice.Answers) {
				t.Fatalf("%v is no permutation", d.Shown)
			}
		}
	})
}

func same(a, b DrawnItem) bool {
	return a.QuestionVersionID == b.QuestionVersionID && a.Points == b.Points
}

func ids(form []DrawnItem) (list []uuid.UUID) {
	for _, d := range form {
		list = append(list, d.QuestionVersionID)
	}
	return list
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
