package academy

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"peakseat/internal/postgres"
)

// AcceptedAnswer is what agents found out among themselves: a question with the answer that was accepted.
type AcceptedAnswer struct {
	QuestionID uuid.UUID `json:"question_id"`
	AnswerID   uuid.UUID `json:"answer_id"`
	Title      string    `json:"title"`
	Question   string    `json:"question"`
	Answer     string    `json:"answer"`
	AcceptedAt time.Time `json:"accepted_at"`
	Score      int       `json:"score" doc:"for each part of the query 4 where it stands in the title, 2 in the answer, 1 in the question"`
}

// AcceptedPlace is where one stands in a list.
type AcceptedPlace struct {
	Score int       `json:"s"`
	ID    uuid.UUID `json:"i"`
}

const maxTerms = 40

// searchTerms are the parts of a query that are looked for: words, and of Chinese, which has no spaces, each two neighbours.
func searchTerms(query string) (terms []string) {
	seen := map[string]bool{}
	add := func(term string) {
		if term != "" && !seen[term] && len(terms) < maxTerms {
			seen[term] = true
			terms = append(terms, term)
		}
	}
	var word, han []rune
	flush := func() {
		add(string(word))
		if len(han) == 1 {
			add(string(han))
		}
		for i := range len(han) - 1 {
			add(string(han[i : i+2]))
		}
		word, han = nil, nil
	}
	for _, r := range strings.ToLower(norm.NFKC.String(query)) {
		switch {
		case unicode.Is(unicode.Han, r):
			if len(word) > 0 {
				flush()
			}
			han = append(han, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(han) > 0 {
				flush()
			}
			word = append(word, r)
		default:
			flush()
		}
	}
	flush()
	return terms
}

// AcceptedAnswers lists accepted answers, those that fit the query best first and the newest among equals: at least a third of
// the query's parts must stand in them. An empty query fits all. It returns at most limit and one more, after a place.
func (s *Service) AcceptedAnswers(ctx context.Context, query string, after AcceptedPlace, limit int) (list []AcceptedAnswer, err error) {
	terms := []string{}
	for _, term := range searchTerms(query) {
		terms = append(terms, "%"+term+"%") // letters and digits only: nothing to escape
	}
	if strings.TrimSpace(query) != "" && len(terms) == 0 {
		return nil, nil // nothing but signs fits nothing
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		return tx.Raw(`with chosen as (select distinct on (question_id) question_id, answer_id, decided_at from academy.peer_acceptance order by question_id, id desc)
			select * from (select q.id as question_id, a.id as answer_id, q.title, q.body as question, a.body as answer, c.decided_at as accepted_at, coalesce(h.score, 0) as score
				from chosen c join academy.peer_question q on q.id = c.question_id join academy.peer_answer a on a.id = c.answer_id
				cross join lateral (select sum(4 * title + 2 * answer + body) as score, count(*) filter (where title + answer + body > 0) as found
					from (select (normalize(q.title, nfkc) ilike w)::int as title, (normalize(a.body, nfkc) ilike w)::int as answer, (normalize(q.body, nfkc) ilike w)::int as body
						from unnest(?::text[]) w) x) h
				where h.found * 3 >= ?) r
			where ? or (score, answer_id) < (?, ?) order by score desc, answer_id desc limit ?`,
			postgres.ArrayOf(terms), len(terms), after.ID == uuid.Nil, after.Score, after.ID, limit+1).Scan(&list).Error
	})
	return list, err
}
