package academy

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/postgres"
)

// selectBanks lists banks; where ends the query.
func selectBanks(tx *postgres.Tx, where string, args ...any) (list []Bank, err error) {
	err = tx.Raw(`select b.id, b.code, b.name, b.created_at,
		(select count(*) from academy.question q where q.bank_id = b.id and q.retired_at is null) as questions
		from academy.bank b where `+where, args...).Scan(&list).Error
	return list, err
}

// lockBank keeps others from adding to a bank, so that no question is added twice.
func lockBank(tx *postgres.Tx, bank uuid.UUID) error {
	if _, err := theOne(selectBanks(tx, `b.id = ?`, bank)); err != nil {
		return err
	}
	return tx.Exec(`select pg_advisory_xact_lock(hashtextextended('academy.bank/' || ?, 0))`, bank.String()).Error
}

const questionColumns = `q.id, q.bank_id, v.id as version_id, v.version, v.topic, v.difficulty, v.body, v.created_at, q.retired_at
	from academy.question q join academy.question_version v on v.question_id = q.id`

// current holds for the newest version of a question.
const current = `not exists (select from academy.question_version n where n.question_id = v.question_id and n.version > v.version)`

func scanQuestions(tx *postgres.Tx, query string, args ...any) ([]BankQuestion, error) {
	var rows []struct {
		ID, BankID, VersionID uuid.UUID
		Version               int
		Topic                 string
		Difficulty            int
		Body                  []byte
		CreatedAt             time.Time
		RetiredAt             *time.Time
	}
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]BankQuestion, len(rows))
	for i, r := range rows {
		list[i] = BankQuestion{
			ID: r.ID, BankID: r.BankID, VersionID: r.VersionID, Version: r.Version, Topic: r.Topic, Difficulty: r.Difficulty, CreatedAt: r.CreatedAt.UTC(), RetiredAt: r.RetiredAt,
		}
		if err := json.Unmarshal(r.Body, &list[i].Question); err != nil {
			return nil, fmt.Errorf("read question version %s: %w", r.VersionID, err)
		}
	}
	return list, nil
}

// selectBankQuestions lists the newest versions; limit 0 is all of them.
func selectBankQuestions(tx *postgres.Tx, bank uuid.UUID, f QuestionFilter, after uuid.UUID, limit int) ([]BankQuestion, error) {
	where := []string{`q.bank_id = ?`, current, `q.id > ?`, `(q.retired_at is not null) = ?`}
	args := []any{bank, after, f.Retired}
	if f.Topic != "" {
		where = append(where, `(v.topic = ? or starts_with(v.topic, ?))`)
		args = append(args, f.Topic, f.Topic+"/")
	}
	if f.Difficulty > 0 {
		where = append(where, `v.difficulty = ?`)
		args = append(args, f.Difficulty)
	}
	if f.Kind != "" {
		where = append(where, `v.kind = ?`)
		args = append(args, string(f.Kind))
	}
	if f.Text != "" {
		where = append(where, `strpos(lower(coalesce(v.body->>'title', '') || ' ' || (v.body->'text'->>'body')), lower(?)) > 0`)
		args = append(args, f.Text)
	}
	query := `select ` + questionColumns + ` where ` + strings.Join(where, ` and `) + ` order by q.id`
	if limit > 0 {
		query += ` limit ?`
		args = append(args, limit)
	}
	return scanQuestions(tx, query, args...)
}

func selectTopics(tx *postgres.Tx, bank uuid.UUID) (list []BankTopic, err error) {
	err = tx.Raw(`select v.topic, count(*) as questions, count(*) filter (where v.kind in ('open', 'dialogue')) as by_hand
		from academy.question q join academy.question_version v on v.question_id = q.id
		where q.bank_id = ? and q.retired_at is null and `+current+` group by v.topic order by v.topic`, bank).Scan(&list).Error
	return list, err
}

// selectQuestionVersions lists a question's versions, the newest first.
func selectQuestionVersions(tx *postgres.Tx, id uuid.UUID) ([]BankQuestion, error) {
	return scanQuestions(tx, `select `+questionColumns+` where q.id = ? order by v.version desc`, id)
}

// selectByRef finds the newest versions of questions by their authors' numbers.
func selectByRef(tx *postgres.Tx, bank uuid.UUID, refs []string) (map[string]BankQuestion, error) {
	list, err := scanQuestions(tx, `select `+questionColumns+` where q.bank_id = ? and q.ref = any(?) and `+current, bank, postgres.ArrayOf(refs))
	if err != nil {
		return nil, err
	}
	found := make(map[string]BankQuestion, len(list))
	for _, q := range list {
		found[q.Question.ID] = q
	}
	return found, nil
}

// selectTwins finds which of the questions the bank has already, by their places in the list.
func selectTwins(tx *postgres.Tx, bank uuid.UUID, questions []exchange.Question) (map[int]bool, error) {
	places := map[string][]int{}
	digests := make([][]byte, len(questions))
	for i := range questions {
		d, err := digest(&questions[i])
		if err != nil {
			return nil, err
		}
		digests[i] = d[:]
		key := hex.EncodeToString(d[:])
		places[key] = append(places[key], i)
	}
	var found []string
	if err := tx.Raw(`select encode(v.digest, 'hex') from academy.question q join academy.question_version v on v.question_id = q.id
		where q.bank_id = ? and q.retired_at is null and v.digest = any(?) and `+current, bank, postgres.ArrayOf(digests)).Scan(&found).Error; err != nil {
		return nil, err
	}
	twins := map[int]bool{}
	for _, key := range found {
		for _, i := range places[key] {
			twins[i] = true
		}
	}
	for _, list := range places {
		for _, i := range list[1:] {
			twins[i] = true
		}
	}
	return twins, nil
}

// insertQuestions puts first versions into a bank.
func insertQuestions(tx *postgres.Tx, bank uuid.UUID, rows []newQuestion) error {
	ids, refs := make([]uuid.UUID, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], refs[i] = r.QuestionID, r.Question.ID
	}
	if err := tx.Exec(`insert into academy.question (id, bank_id, ref, created_by, created_at)
		select id, ?, nullif(ref, ''), ?, ? from unnest(?::uuid[], ?::text[]) n (id, ref)`,
		bank, tx.Actor.AccountID, tx.Now, postgres.ArrayOf(ids), postgres.ArrayOf(refs)).Error; err != nil {
		return refusal(err)
	}
	return insertQuestionVersions(tx, rows)
}

func insertQuestionVersions(tx *postgres.Tx, rows []newQuestion) error {
	type column struct {
		ID         uuid.UUID          `json:"id"`
		QuestionID uuid.UUID          `json:"question_id"`
		Version    int                `json:"version"`
		Topic      string             `json:"topic"`
		Difficulty int                `json:"difficulty"`
		Kind       exchange.Kind      `json:"kind"`
		Body       *exchange.Question `json:"body"`
		Digest     string             `json:"digest"`
	}
	list := make([]column, len(rows))
	for i := range rows {
		q := &rows[i].Question
		d, err := digest(q)
		if err != nil {
			return err
		}
		list[i] = column{rows[i].VersionID, rows[i].QuestionID, rows[i].Version, q.Category, q.Difficulty, q.Kind, q, hex.EncodeToString(d[:])}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encode questions: %w", err)
	}
	return refusal(tx.Exec(`insert into academy.question_version (id, question_id, version, topic, difficulty, kind, body, digest, created_by, created_at)
		select id, question_id, version, topic, difficulty, kind, body, decode(digest, 'hex'), ?, ?
		from jsonb_to_recordset(?::jsonb) n (id uuid, question_id uuid, version int, topic text, difficulty int, kind text, body jsonb, digest text)`,
		tx.Actor.AccountID, tx.Now, string(raw)).Error)
}
