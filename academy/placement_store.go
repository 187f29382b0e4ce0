package academy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/academy/marking"
	"peakseat/academy/psychometrics"
	"peakseat/internal/postgres"
)

func selectPlacementTests(tx *postgres.Tx, where string, args ...any) ([]PlacementTest, error) {
	var rows []struct {
		ID                 uuid.UUID
		Code               string
		NameZH             string `gorm:"column:name_zh"`
		NameEN             string `gorm:"column:name_en"`
		BankID             uuid.UUID
		Topic              string
		MinItems, MaxItems int
		CoolDown           int `gorm:"column:cool_down_minutes"`
		TargetSE           int `gorm:"column:target_se"`
		CreatedAt          time.Time
	}
	if err := tx.Raw(`select id, code, name_zh, name_en, bank_id, topic, min_items, max_items, target_se, cool_down_minutes, created_at from academy.placement_test where `+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]PlacementTest, len(rows))
	for i, r := range rows {
		list[i] = PlacementTest{ID: r.ID, CreatedAt: r.CreatedAt.UTC(), PlacementTerms: PlacementTerms{
			Code: r.Code, NameZH: r.NameZH, NameEN: r.NameEN, BankID: r.BankID, Topic: r.Topic, MinItems: r.MinItems, MaxItems: r.MaxItems, TargetSE: float64(r.TargetSE) / 100,
			CoolDown: r.CoolDown,
		}}
	}
	return list, nil
}

func selectPlacements(tx *postgres.Tx, where string, args ...any) (list []Placement, err error) {
	var rows []struct {
		ID, AgentID, TestID uuid.UUID
		State, StoppedBy    string
		StartedAt           time.Time
		FinishedAt          *time.Time
		Answered            int
		Ability             float64
		SE                  float64 `gorm:"column:se"`
	}
	err = tx.Raw(`select p.id, p.agent_id, p.test_id, p.state, p.started_at, p.finished_at, coalesce(p.stopped_by, '') as stopped_by, p.answered, p.ability, p.se
		from academy.placement p where `+where, args...).Scan(&rows).Error
	for _, r := range rows {
		p := Placement{
			ID: r.ID, AgentID: r.AgentID, TestID: r.TestID, State: r.State, StartedAt: r.StartedAt.UTC(), FinishedAt: r.FinishedAt, StoppedBy: r.StoppedBy,
			Answered: r.Answered, Ability: r.Ability, SE: r.SE,
		}
		p.level()
		list = append(list, p)
	}
	return list, err
}

// lockPlacement keeps others from answering the actor's placement.
func lockPlacement(tx *postgres.Tx, id uuid.UUID) (*Placement, error) {
	p, err := theOne(selectPlacements(tx, `p.id = ? and p.agent_id = ? for update`, id, tx.Actor.AccountID))
	return &p, err
}

// selectPlacementItems lists what was asked, in order.
func selectPlacementItems(tx *postgres.Tx, id uuid.UUID) ([]placementItem, error) {
	var rows []struct {
		QuestionID   uuid.UUID
		A, B         float64
		Body, Layout []byte
		RightAnswer  *bool
	}
	if err := tx.Raw(`select v.question_id, i.a, i.b, v.body, to_jsonb(i.layout) as layout, k.right_answer from academy.placement_item i
			join academy.question_version v on v.id = i.question_version_id
			left join academy.placement_answer k on k.placement_id = i.placement_id and k.position = i.position and k.agent_id = i.agent_id
		where i.placement_id = ? order by i.position`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]placementItem, len(rows))
	for i, r := range rows {
		list[i] = placementItem{QuestionID: r.QuestionID, A: r.A, B: r.B, Right: r.RightAnswer}
		if err := json.Unmarshal(r.Body, &list[i].question); err != nil {
			return nil, fmt.Errorf("read question %d of placement %s: %w", i+1, id, err)
		}
		if err := json.Unmarshal(r.Layout, &list[i].layout); err != nil {
			return nil, fmt.Errorf("read layout %d of placement %s: %w", i+1, id, err)
		}
	}
	return list, nil
}

func insertPlacementAnswer(tx *postgres.Tx, p *Placement, position int, answer marking.AnswerGiven, right bool) error {
	raw, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	return refusal(tx.Exec(`insert into academy.placement_answer (placement_id, position, agent_id, answer, right_answer, ability, se, answered_at) values (?, ?, ?, ?::jsonb, ?, ?, ?, ?)`,
		p.ID, position, p.AgentID, string(raw), right, p.Ability, p.SE, tx.Now).Error)
}

// selectAskedNow is the last question of an open placement.
func selectAskedNow(tx *postgres.Tx, p *Placement) (*PlacementQuestion, error) {
	row, err := theOne(func() (rows []struct {
		Position int
		Shown    []byte
	}, err error,
	) {
		err = tx.Raw(`select position, shown from academy.placement_item where placement_id = ? and agent_id = ? order by position desc limit 1`, p.ID, p.AgentID).Scan(&rows).Error
		return rows, err
	}())
	if err != nil {
		return nil, err
	}
	q := &PlacementQuestion{Position: row.Position}
	if err := json.Unmarshal(row.Shown, &q.Question); err != nil {
		return nil, fmt.Errorf("read what placement %s asks: %w", p.ID, err)
	}
	return q, nil
}

// selectCandidates are the questions of a test that are marked at once, in the order of their ids, each with what the newest
// calibration of its bank says of its current version, or what its author does.
func selectCandidates(tx *postgres.Tx, t PlacementTest) ([]candidate, error) {
	var rows []struct {
		QuestionID, VersionID uuid.UUID
		Difficulty            int
		A, B                  *float64
	}
	where, args := ``, []any{t.BankID, t.BankID}
	if t.Topic != "" {
		where, args = ` and (v.topic = ? or starts_with(v.topic, ?))`, append(args, t.Topic, t.Topic+"/")
	}
	if err := tx.Raw(`select q.id as question_id, v.id as version_id, v.difficulty, c.a, c.b from academy.question q join academy.question_version v on v.question_id = q.id
			left join academy.calibrated_item c on c.question_version_id = v.id
				and c.calibration_id = (select id from academy.calibration where bank_id = ? order by id desc limit 1)
		where q.bank_id = ? and q.retired_at is null and v.kind not in ('open', 'dialogue') and `+current+where+` order by q.id`, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]candidate, len(rows))
	for i, r := range rows {
		list[i] = candidate{QuestionID: r.QuestionID, VersionID: r.VersionID, Item: psychometrics.Item{A: unknownSlope, B: float64(r.Difficulty - middleLevel)}}
		if r.A != nil && r.B != nil {
			list[i].A, list[i].B = *r.A, *r.B
		}
	}
	return list, nil
}
