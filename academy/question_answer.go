package academy

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// PeerQuestion is a question among agents. Who asked is a handle, but to themselves.
type PeerQuestion struct {
	ID       uuid.UUID    `json:"id"`
	Title    string       `json:"title"`
	Body     string       `json:"body"`
	Handle   string       `json:"handle"`
	Mine     bool         `json:"mine"`
	AskedAt  time.Time    `json:"asked_at"`
	Answers  int          `json:"answers"`
	Accepted bool         `json:"accepted" doc:"whether an answer is"`
	List     []PeerAnswer `json:"list,omitempty" nullable:"false" doc:"the accepted answer first"`
}

// PeerAnswer is an answer to one.
type PeerAnswer struct {
	ID         uuid.UUID `json:"id"`
	Body       string    `json:"body"`
	Handle     string    `json:"handle"`
	Official   bool      `json:"official" doc:"a trainer's"`
	Mine       bool      `json:"mine"`
	AnsweredAt time.Time `json:"answered_at"`
	Accepted   bool      `json:"accepted"`
}

// AskPeers asks the other agents.
func (s *Service) AskPeers(ctx context.Context, title, body string) (made *PeerQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		made = &PeerQuestion{ID: newID(), Title: title, Body: body, Handle: handle(tx.Actor.AccountID), Mine: true, AskedAt: tx.Now}
		return tx.Exec(`insert into academy.peer_question (id, agent_id, title, body, asked_at) values (?, ?, ?, ?, ?)`, made.ID, tx.Actor.AccountID, title, body, tx.Now).Error
	})
	return made, err
}

// AnswerPeer answers a question, as another agent or as a trainer.
func (s *Service) AnswerPeer(ctx context.Context, question uuid.UUID, body string) (made *PeerAnswer, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectPeerQuestion(tx, question); err != nil {
			return err
		}
		made = &PeerAnswer{ID: newID(), Body: body, Handle: handle(tx.Actor.AccountID), Official: !tx.Actor.IsAgent(), Mine: true, AnsweredAt: tx.Now}
		return tx.Exec(`insert into academy.peer_answer (id, question_id, agent_id, official, body, answered_at) values (?, ?, ?, ?, ?, ?)`,
			made.ID, question, tx.Actor.AccountID, made.Official, body, tx.Now).Error
	})
	return made, err
}

// AcceptAnswer makes an answer the accepted one, or with uuid.Nil takes the acceptance back. Whoever asked decides, or an
// official. The accepted answer of another agent earns points as long as it is the accepted one.
func (s *Service) AcceptAnswer(ctx context.Context, question, answer uuid.UUID) (q *PeerQuestion, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var asker []uuid.UUID
		if err := tx.Raw(`select agent_id from academy.peer_question where id = ?`, question).Scan(&asker).Error; err != nil {
			return err
		}
		if len(asker) == 0 || tx.Actor.IsAgent() && asker[0] != tx.Actor.AccountID {
			return fault.ErrNotFound
		}
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, "acceptance/"+question.String()).Error; err != nil {
			return err
		}
		before, err := acceptedAnswer(tx, question)
		if err != nil {
			return err
		}
		decision := newID()
		var chosen *uuid.UUID
		if answer != uuid.Nil {
			chosen = &answer
		}
		if before == answer {
			q, err = selectPeerQuestion(tx, question)
			return err
		}
		if err := tx.Exec(`insert into academy.peer_acceptance (id, question_id, answer_id, decided_by, decided_at) values (?, ?, ?, ?, ?)`, decision, question, chosen, tx.Actor.AccountID, tx.Now).Error; err != nil {
			if postgres.Constraint(err) == "peer_acceptance_answer_id_question_id_fkey" {
				return fault.ErrInvalid.At("/answer_id", "unknown_answer", "这个问题没有这个回答。", "The question has no such answer.")
			}
			return err
		}
		for _, id := range []uuid.UUID{before, answer} {
			var author []uuid.UUID
			if err := tx.Raw(`select agent_id from academy.peer_answer where id = ? and agent_id <> ? and not official`, id, asker[0]).Scan(&author).Error; err != nil {
				return err
			}
			if len(author) > 0 {
				if err := settlePoints(tx, author[0], "answer", id.String(), id == answer, decision, tx.Now); err != nil {
					return err
				}
			}
		}
		q, err = selectPeerQuestion(tx, question)
		return err
	})
	return q, err
}

// acceptedAnswer is the one that is; uuid.Nil: none.
func acceptedAnswer(tx *postgres.Tx, question uuid.UUID) (uuid.UUID, error) {
	var ids []uuid.UUID
	err := tx.Raw(`select answer_id from (select answer_id from academy.peer_acceptance where question_id = ? order by id desc limit 1) a where answer_id is not null`, question).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// PeerFilter says which questions are looked for.
type PeerFilter struct {
	Query string // words that all stand in the question or an answer of it
	Mine  bool   // asked by whom acts
	Open  bool   // no answer is accepted yet
}

// PeerQuestions lists questions, newest first.
func (s *Service) PeerQuestions(ctx context.Context, f PeerFilter, before uuid.UUID, limit int) (list []PeerQuestion, err error) {
	words := []string{}
	for word := range strings.FieldsSeq(f.Query) {
		words = append(words, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)+"%")
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var rows []peerRow
		if err := tx.Raw(`select * from (`+peerColumns+`) q where (? = ? or q.id < ?) and (not ? or q.agent_id = ?) and (not ? or not q.accepted)
			and not exists (select from unnest(?::text[]) w where not (q.title ilike w or q.body ilike w
			or exists (select from academy.peer_answer a where a.question_id = q.id and a.body ilike w))) order by q.id desc limit ?`,
			before, uuid.Nil, before, f.Mine, tx.Actor.AccountID, f.Open, postgres.ArrayOf(words), limit).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			list = append(list, *r.question(tx))
		}
		return nil
	})
	return list, err
}

// ReadPeerQuestion is a question with its answers.
func (s *Service) ReadPeerQuestion(ctx context.Context, id uuid.UUID) (q *PeerQuestion, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		q, err = selectPeerQuestion(tx, id)
		return err
	})
	return q, err
}

const peerColumns = `select q.id, q.agent_id, q.title, q.body, q.asked_at, (select count(*) from academy.peer_answer a where a.question_id = q.id) as answers,
	coalesce((select c.answer_id is not null from academy.peer_acceptance c where c.question_id = q.id order by c.id desc limit 1), false) as accepted from academy.peer_question q`

type peerRow struct {
	ID, AgentID uuid.UUID
	Title, Body string
	AskedAt     time.Time
	Answers     int
	Accepted    bool
}

func (r peerRow) question(tx *postgres.Tx) *PeerQuestion {
	return &PeerQuestion{
		ID: r.ID, Title: r.Title, Body: r.Body, Handle: handle(r.AgentID), Mine: r.AgentID == tx.Actor.AccountID, AskedAt: r.AskedAt, Answers: r.Answers, Accepted: r.Accepted,
	}
}

func selectPeerQuestion(tx *postgres.Tx, id uuid.UUID) (*PeerQuestion, error) {
	var rows []peerRow
	if err := tx.Raw(peerColumns+` where q.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	q := rows[0].question(tx)
	accepted, err := acceptedAnswer(tx, id)
	if err != nil {
		return nil, err
	}
	var answers []struct {
		ID, AgentID uuid.UUID
		Official    bool
		Body        string
		AnsweredAt  time.Time
	}
	if err := tx.Raw(`select id, agent_id, official, body, answered_at from academy.peer_answer where question_id = ? order by id = ? desc, id`, id, accepted).Scan(&answers).Error; err != nil {
		return nil, err
	}
	q.List = []PeerAnswer{}
	for _, a := range answers {
		q.List = append(q.List, PeerAnswer{
			ID: a.ID, Body: a.Body, Handle: handle(a.AgentID), Official: a.Official, Mine: a.AgentID == tx.Actor.AccountID, AnsweredAt: a.AnsweredAt, Accepted: a.ID == accepted,
		})
	}
	return q, nil
}
