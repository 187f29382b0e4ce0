package marking

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"peakseat/academy/exchange"
)

// Mark is how much of a question's points an answer earns.
type Mark struct {
	Earned exchange.Weight // 0 to exchange.Full
	Waits  bool            // for a grader; Earned is not said yet
}

// Score marks an answer to a question that was shown in this layout. An answer that Shown.Check refuses earns nothing.
func Score(q *exchange.Question, l Layout, a AnswerGiven) Mark {
	switch {
	case a.Blank() || len(Show(q, l).Check(a)) > 0:
		return Mark{}
	case q.Kind == exchange.Open || q.Kind == exchange.Dialogue:
		return Mark{Waits: true}
	}
	return Mark{Earned: max(0, min(exchange.Full, earned(q, l, a)))}
}

func earned(q *exchange.Question, l Layout, a AnswerGiven) (w exchange.Weight) {
	switch q.Kind {
	case exchange.SingleChoice:
		return q.Answers[l[*a.Choice]].Weight
	case exchange.MultipleChoice:
		return chosen(q, l, a.Choices)
	case exchange.TrueFalse:
		if *a.Truth {
			return q.Answers[0].Weight
		}
		return q.Answers[1].Weight
	case exchange.Numeric:
		n, _ := number(a.Number)
		for _, known := range q.Answers {
			if low, high, bound := known.Number.Bounds(); !bound || n.Cmp(low) >= 0 && n.Cmp(high) <= 0 {
				w = max(w, known.Weight)
			}
		}
	case exchange.ShortText:
		for _, known := range q.Answers {
			pattern := strings.ReplaceAll(known.Text.Body, "\uff0a", `\*`) // a wide star is a star
			if matches(Fold(pattern, q.CaseMade), Fold(a.Text, q.CaseMade)) {
				w = max(w, known.Weight)
			}
		}
	case exchange.Matching:
		pairs, right := lefts(q), 0
		for i, m := range a.Matches {
			if m >= 0 && q.Pairs[l[m]].Right == pairs[i].Right {
				right++
			}
		}
		return share(right, len(pairs))
	case exchange.Ordering:
		return neighbours(q, l, a.Order)
	case exchange.Open, exchange.Dialogue:
	}
	return w
}

// Right is an answer that earns as much as any can; of open answers and dialogues, which people mark, there is none.
func Right(q *exchange.Question, l Layout) (a AnswerGiven) {
	best := func(places []int) (at int) {
		for i, place := range places {
			if q.Answers[place].Weight > q.Answers[places[at]].Weight {
				at = i
			}
		}
		return at
	}
	switch q.Kind {
	case exchange.SingleChoice:
		at := best(l)
		a.Choice = &at
	case exchange.MultipleChoice:
		for i, place := range l {
			if q.Answers[place].Weight > 0 {
				a.Choices = append(a.Choices, i)
			}
		}
	case exchange.TrueFalse:
		holds := q.Answers[0].Weight >= q.Answers[1].Weight
		a.Truth = &holds
	case exchange.Numeric:
		n := q.Answers[best(upTo(len(q.Answers)))].Number
		a.Number = string(cmp.Or(n.Value, n.Low, "0"))
	case exchange.ShortText:
		a.Text = said(q.Answers[best(upTo(len(q.Answers)))].Text.Body)
	case exchange.Matching:
		for _, p := range lefts(q) {
			a.Matches = append(a.Matches, slices.IndexFunc(l, func(place int) bool { return q.Pairs[place].Right == p.Right }))
		}
	case exchange.Ordering:
		for i := range q.Items {
			a.Order = append(a.Order, slices.Index(l, i))
		}
	case exchange.Open, exchange.Dialogue:
	}
	return a
}

// said is a text that a pattern takes: its stars stand for nothing, or where it is stars alone for an ellipsis.
func said(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], `\*`):
			i++
			b.WriteByte('*')
		case pattern[i] != '*':
			b.WriteByte(pattern[i])
		}
	}
	return cmp.Or(strings.TrimSpace(b.String()), "…")
}

// chosen is the sum of the weights; see the package's table for choices that cost nothing by the author's weights.
func chosen(q *exchange.Question, l Layout, choices []int) (sum exchange.Weight) {
	right, wrong, named, lenient := 0, 0, 0, true
	for _, k := range q.Answers {
		if k.Weight > 0 {
			right++
		} else {
			wrong++
		}
		lenient = lenient && k.Weight >= 0
	}
	for _, c := range choices {
		w := q.Answers[l[c]].Weight
		switch {
		case w > 0:
			named++
		case w == 0 && lenient && right > 0:
			few := exchange.Weight(min(right, wrong))
			w = -(exchange.Full + few - 1) / few
		}
		sum += w
	}
	if named == right && len(choices) == right {
		return exchange.Full
	}
	return sum
}

// neighbours is the share of the right order's neighbours that the answer keeps; items of equal text count alike.
func neighbours(q *exchange.Question, l Layout, order []int) exchange.Weight {
	type pair [2]exchange.Text
	wanted := map[pair]int{}
	for i := range len(q.Items) - 1 {
		wanted[pair{q.Items[i], q.Items[i+1]}]++
	}
	kept := 0
	for i := range len(order) - 1 {
		p := pair{q.Items[l[order[i]]], q.Items[l[order[i+1]]]}
		if wanted[p] > 0 {
			wanted[p]--
			kept++
		}
	}
	return share(kept, len(q.Items)-1)
}

func share(part, of int) exchange.Weight {
	if of == 0 {
		return 0
	}
	return exchange.Full * exchange.Weight(part) / exchange.Weight(of)
}

// Rubric is what graders give points on: the question's own, or one criterion of 100 points.
func Rubric(q *exchange.Question) []exchange.Criterion {
	if len(q.Rubric) > 0 {
		return q.Rubric
	}
	return []exchange.Criterion{{Name: "总体 Overall", Points: 100}}
}

// Graded is what points on the criteria of a rubric, in its order, are worth; ok is false where they do not fit it.
func Graded(rubric []exchange.Criterion, points []int) (w exchange.Weight, ok bool) {
	if len(points) != len(rubric) {
		return 0, false
	}
	given, of := 0, 0
	for i, c := range rubric {
		if !within(points[i], 0, c.Points+1) {
			return 0, false
		}
		given, of = given+points[i], of+c.Points
	}
	return share(given, of), true
}

// Disagreement is how far two graders may differ before a third decides: a fifth of the question's points.
const Disagreement = exchange.Full / 5

// Settle is what the marks of up to three graders come to, in the order in which they graded: one counts as it is, of two
// the mean (half a unit is lost), and a third decides. third is true where two are too far apart for a mean.
func Settle(marks []exchange.Weight) (w exchange.Weight, third bool) {
	switch len(marks) {
	case 0:
		return 0, false
	case 1:
		return marks[0], false
	case 2:
		apart := max(marks[0], marks[1]) - min(marks[0], marks[1])
		return (marks[0] + marks[1]) / 2, apart > Disagreement
	}
	return marks[2], false
}

// Part is a question's points and the share of them that was earned.
type Part struct {
	Points int
	Earned exchange.Weight
}

// Total is the score of a paper in hundredths of a percent, half a hundredth rounded up; of no points it is 0.
func Total(parts []Part) int {
	var got, of big.Int
	for _, p := range parts {
		points := big.NewInt(int64(p.Points))
		got.Add(&got, new(big.Int).Mul(points, big.NewInt(int64(p.Earned))))
		of.Add(&of, points)
	}
	if of.Sign() <= 0 {
		return 0
	}
	of.Mul(&of, big.NewInt(int64(exchange.Full)))
	got.Mul(&got, big.NewInt(2*100_00)).Add(&got, &of)
	return int(got.Div(&got, of.Mul(&of, big.NewInt(2))).Int64())
}

// Key is an answer in the question's own terms, the same for all who said the same; open answers and dialogues have none.
func Key(q *exchange.Question, l Layout, a AnswerGiven) string {
	if a.Blank() || len(Show(q, l).Check(a)) > 0 {
		return ""
	}
	switch q.Kind {
	case exchange.SingleChoice:
		return strconv.Itoa(l[*a.Choice])
	case exchange.MultipleChoice:
		return places(l, a.Choices, true)
	case exchange.TrueFalse:
		return strconv.FormatBool(*a.Truth)
	case exchange.Numeric:
		n, _ := number(a.Number)
		return n.RatString()
	case exchange.ShortText:
		return Fold(a.Text, q.CaseMade)
	case exchange.Matching:
		return places(l, a.Matches, false)
	case exchange.Ordering:
		return places(l, a.Order, false)
	case exchange.Open, exchange.Dialogue:
	}
	return ""
}

func places(l Layout, shown []int, anyOrder bool) string {
	list := make([]int, len(shown))
	for i, at := range shown {
		if list[i] = -1; at >= 0 {
			list[i] = l[at]
		}
	}
	if anyOrder {
		slices.Sort(list)
	}
	text := make([]string, len(list))
	for i, n := range list {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, ",")
}
