package marking

import (
	"math/rand/v2"
	"slices"

	"peakseat/academy/exchange"
)

// Shown is all that an examinee is sent of a question.
type Shown struct {
	Kind    exchange.Kind `json:"kind" enum:"single_choice,multiple_choice,true_false,numeric,short_text,matching,ordering,open,dialogue"`
	Text    ShownText     `json:"text"`
	Choices []ShownText   `json:"choices,omitempty" doc:"single and multiple choice; an answer names them from 0"`
	Lefts   []ShownText   `json:"lefts,omitempty" doc:"matching: each is given one of rights"`
	Rights  []string      `json:"rights,omitempty"`
	Items   []ShownText   `json:"items,omitempty" doc:"ordering: to be put in order"`
	Turns   []ShownTurn   `json:"turns,omitempty" doc:"dialogue: each line of the customer waits for a reply"`
}

// ShownText is a marked-up text. Nothing makes HTML safe to show but who shows it.
type ShownText struct {
	Format exchange.TextFormat `json:"format,omitempty" enum:"plain,html,markdown,moodle"`
	Body   string              `json:"body"`
}

// ShownTurn is a line of a dialogue.
type ShownTurn struct {
	Speaker exchange.Speaker `json:"speaker" enum:"customer,agent"`
	Text    string           `json:"text"`
}

// Layout is where what is shown stands in the question: for choices and items, which answer or item each is; for right
// sides, a pair that has it. Other kinds have none. Whoever knows it knows an ordering question's key.
type Layout []int

// NewLayout draws an order.
func NewLayout(q *exchange.Question, random *rand.Rand) Layout {
	var order Layout
	switch q.Kind {
	case exchange.SingleChoice, exchange.MultipleChoice:
		order = upTo(len(q.Answers))
	case exchange.Ordering:
		order = upTo(len(q.Items))
	case exchange.Matching:
		for i, p := range q.Pairs {
			if !slices.ContainsFunc(q.Pairs[:i], func(before exchange.Pair) bool { return before.Right == p.Right }) {
				order = append(order, i)
			}
		}
	case exchange.TrueFalse, exchange.Numeric, exchange.ShortText, exchange.Open, exchange.Dialogue:
	}
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// Show is the question as an examinee sees it.
func Show(q *exchange.Question, l Layout) Shown {
	s := Shown{Kind: q.Kind, Text: ShownText(q.Text)}
	switch q.Kind {
	case exchange.SingleChoice, exchange.MultipleChoice:
		for _, at := range l {
			s.Choices = append(s.Choices, ShownText(q.Answers[at].Text))
		}
	case exchange.Ordering:
		for _, at := range l {
			s.Items = append(s.Items, ShownText(q.Items[at]))
		}
	case exchange.Matching:
		for _, p := range lefts(q) {
			s.Lefts = append(s.Lefts, ShownText(p.Left))
		}
		for _, at := range l {
			s.Rights = append(s.Rights, q.Pairs[at].Right)
		}
	case exchange.Dialogue:
		asked := false
		for _, t := range q.Turns {
			asked = asked || t.Speaker == exchange.Customer
			if t.Speaker == exchange.Customer || !asked {
				s.Turns = append(s.Turns, ShownTurn{t.Speaker, t.Text})
			}
		}
	case exchange.TrueFalse, exchange.Numeric, exchange.ShortText, exchange.Open:
	}
	return s
}

// asked is how many replies the question waits for.
func (s Shown) asked() (n int) {
	for _, t := range s.Turns {
		if t.Speaker == exchange.Customer {
			n++
		}
	}
	return n
}

// lefts are the pairs to be matched, without the wrong matches to choose from.
func lefts(q *exchange.Question) (list []exchange.Pair) {
	for _, p := range q.Pairs {
		if p.Left.Body != "" {
			list = append(list, p)
		}
	}
	return list
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
