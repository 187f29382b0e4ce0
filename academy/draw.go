package academy

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/academy/marking"
	"peakseat/internal/postgres"
)

// DrawnItem is one question of a form, with its key. What an examinee is sent names answers by the places in which they are
// shown and never by anything else, since authors tend to write the right one first.
type DrawnItem struct {
	QuestionVersionID uuid.UUID
	Topic             string
	Points            int
	Question          exchange.Question // as its author wrote it
	Layout            marking.Layout    // in what order it is shown
}

// Cell is a row of a blueprint: how many questions of a topic and a difficulty a form has, and what each is worth.
type Cell struct {
	Topic      string `json:"topic" maxLength:"1000" doc:"a topic with all below it: 售前 holds 售前/物流; empty is any"`
	Difficulty int    `json:"difficulty" minimum:"0" maximum:"5" doc:"0 is any"`
	Count      int    `json:"count" minimum:"1" maximum:"200"`
	Points     int    `json:"points" minimum:"1" maximum:"1000" doc:"for each question"`
}

// draw makes the form of a published version that a seed stands for. The same version, seed and avoid give the same form.
// avoid is the form before: items of it come only where the pool of a cell has no others, and at most max_overlap of the form,
// else ErrFormsExhausted. It reads keys, so it wants the system's role where an agent acts.
func draw(tx *postgres.Tx, paperVersion uuid.UUID, seed uint64, avoid []uuid.UUID) ([]DrawnItem, error) {
	v, err := selectPaperVersion(tx, paperVersion)
	if err != nil {
		return nil, err
	}
	pool, err := selectPool(tx, paperVersion)
	if err != nil {
		return nil, err
	}
	return v.form(tx, pool, seed, avoid)
}

// form is what a seed stands for in a pool.
func (v *PaperVersion) form(tx *postgres.Tx, pool []pooled, seed uint64, avoid []uuid.UUID) ([]DrawnItem, error) {
	return drawn(tx, v.Blueprint, pool, v.MaxOverlap, seed, avoid)
}

// drawn picks a form from a pool, reads its questions and puts each into an order of its own.
func drawn(tx *postgres.Tx, blueprint []Cell, pool []pooled, maxOverlap int, seed uint64, avoid []uuid.UUID) ([]DrawnItem, error) {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible by design; the seed is the secret
	known, err := selectQuestionsOf(tx, avoid)
	if err != nil {
		return nil, err
	}
	form, err := pick(blueprint, pool, maxOverlap, random, known)
	if err != nil {
		return nil, err
	}
	questions, err := selectVersions(tx, ids(form))
	if err != nil {
		return nil, err
	}
	for i := range form {
		q := questions[form[i].QuestionVersionID]
		form[i].Topic, form[i].Question, form[i].Layout = q.topic, q.Question, marking.NewLayout(&q.Question, random)
	}
	return form, nil
}

func ids(form []DrawnItem) []uuid.UUID {
	list := make([]uuid.UUID, len(form))
	for i, d := range form {
		list[i] = d.QuestionVersionID
	}
	return list
}

// pooled is a question that a form may have.
type pooled struct {
	ID         uuid.UUID // of its version
	QuestionID uuid.UUID
	Topic      string
	Difficulty int
	Kind       exchange.Kind
}

// pick chooses the items of a form, in the order in which they are asked. The pool is in the order of its ids;
// known are the questions of the form before.
func pick(blueprint []Cell, pool []pooled, maxOverlap int, random *rand.Rand, known map[uuid.UUID]bool) ([]DrawnItem, error) {
	var form []DrawnItem
	again := 0
	for _, cell := range blueprint {
		var mine []pooled
		for _, p := range pool {
			if cell.holds(p.Topic, p.Difficulty) {
				mine = append(mine, p)
			}
		}
		random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
		slices.SortStableFunc(mine, func(a, b pooled) int { return one(known[a.QuestionID]) - one(known[b.QuestionID]) })
		if len(mine) < cell.Count { // a published version has enough
			return nil, ErrBlueprint
		}
		for _, p := range mine[:cell.Count] {
			again += one(known[p.QuestionID])
			form = append(form, DrawnItem{QuestionVersionID: p.ID, Points: cell.Points})
		}
	}
	if again > len(form)*maxOverlap/100 {
		return nil, ErrFormsExhausted
	}
	random.Shuffle(len(form), func(i, j int) { form[i], form[j] = form[j], form[i] })
	return form, nil
}

// holds tells whether a question is of the cell.
func (c Cell) holds(topic string, difficulty int) bool {
	return under(topic, c.Topic) && (c.Difficulty == 0 || c.Difficulty == difficulty)
}

// meets tells whether a question may be of both cells.
func (c Cell) meets(other Cell) bool {
	return (under(c.Topic, other.Topic) || under(other.Topic, c.Topic)) && (c.Difficulty == 0 || other.Difficulty == 0 || c.Difficulty == other.Difficulty)
}

// under tells whether a topic is another or below it.
func under(topic, above string) bool {
	return above == "" || topic == above || strings.HasPrefix(topic, above+"/")
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
