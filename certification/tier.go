package certification

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/standing"
	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Tier is an agent's standing and why, at a moment.
type Tier struct {
	AgentID      uuid.UUID     `json:"agent_id"`
	Tier         standing.Tier `json:"tier" enum:"bronze,silver,gold,diamond"`
	Score        float64       `json:"score" doc:"of 100 points"`
	Parts        []TierPart    `json:"parts" nullable:"false"`
	Shifts       int           `json:"shifts" doc:"that ended or were missed, ever"`
	LevelBonus   int           `json:"level_bonus" doc:"levels that the tier adds to the tags which credentials grant"`
	RulesVersion int           `json:"rules_version" doc:"GET /tier-rules publishes the formula"`
	At           time.Time     `json:"at"`
	Next         *TierAhead    `json:"next,omitempty" doc:"absent at the highest tier, and for a moment of the past"`
	Path         []TierStep    `json:"path" nullable:"false" doc:"how the tier came about, recomputed from all that counts today, the newest first"`
}

// TierPart is what one thing gives.
type TierPart struct {
	Part   standing.PartName `json:"part" enum:"attendance,disputes,training,certification"`
	Value  float64           `json:"value" doc:"in percent"`
	Weight int               `json:"weight" doc:"points for 100 percent"`
	Points float64           `json:"points"`
}

// TierAhead is what the next tier takes.
type TierAhead struct {
	Tier   standing.Tier `json:"tier"`
	Points float64       `json:"points" doc:"that are missing"`
	Shifts int           `json:"shifts" doc:"that are missing"`
	Ways   []string      `json:"ways" nullable:"false" doc:"what moves it, in the language of Accept-Language"`
}

// TierStep is a change of the tier, explained.
type TierStep struct {
	At           time.Time     `json:"at"`
	From         standing.Tier `json:"from"`
	To           standing.Tier `json:"to"`
	Score        float64       `json:"score"`
	Shifts       int           `json:"shifts"`
	Parts        []TierPart    `json:"parts" nullable:"false"`
	Cause        string        `json:"cause" enum:"finished,late,missing,minutes_lost,scored,credential_in,credential_out,rules,recomputed"`
	RulesVersion int           `json:"rules_version"`
	Text         string        `json:"text" doc:"in the language of Accept-Language"`
}

// MyTier is the actor's own, now or at a moment of the past.
func (s *Service) MyTier(ctx context.Context, at time.Time, language string) (t *Tier, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		t, err = selectTier(tx, tx.Actor.AccountID, at, language)
		return err
	})
	return t, err
}

// TierOf is an agent's, for officials. It returns fault.ErrNotFound.
func (s *Service) TierOf(ctx context.Context, agent uuid.UUID, at time.Time, language string) (t *Tier, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { // trainers see no accounts
		if err := s.checkAgent(tx, agent); err != nil {
			return err
		}
		t, err = selectTier(tx, agent, at, language)
		return err
	})
	return t, err
}

// MyTierChanges are the actor's own as they were made, the newest first.
func (s *Service) MyTierChanges(ctx context.Context, before, limit int, language string) (list []TierChange, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var rows []tierRow
		if err := tx.Raw(`select * from certification.tier_change where agent_id = ? and (? = 0 or seq < ?) order by seq desc limit ?`, tx.Actor.AccountID, before, before, limit).Scan(&rows).Error; err != nil {
			return err
		}
		list = make([]TierChange, len(rows))
		for i, r := range rows {
			var parts []standing.Part
			if err := json.Unmarshal(r.Parts, &parts); err != nil {
				return fmt.Errorf("read a change of tier: %w", err)
			}
			list[i] = TierChange{Seq: r.Seq, TierStep: TierStep{
				At: r.ChangedAt, From: r.FromTier, To: r.ToTier, Score: points(r.Score), Shifts: r.Shifts, Parts: viewParts(parts), Cause: r.Cause, RulesVersion: r.RulesVersion,
			}}
			list[i].Text = explain(list[i].TierStep).In(language)
		}
		return nil
	})
	return list, err
}

// TierChange is a change as it was made.
type TierChange struct {
	Seq int `json:"seq"`
	TierStep
}

type tierRow struct {
	Seq              int
	FromTier, ToTier standing.Tier
	RulesVersion     int
	Score, Shifts    int
	Parts            []byte
	Cause            string
	ChangedAt        time.Time
}

// settleStanding recomputes the agent's tier from all that counts, and keeps and tells a change, whose cause is the last
// thing that happened or, anew, what does not count any more. It tells whether the levels of tags follow. The holder is locked.
func settleStanding(tx *postgres.Tx, agent uuid.UUID, anew bool) (levels bool, err error) {
	events, due, err := selectEvents(tx, agent)
	if err != nil {
		return false, err
	}
	now := standing.Replay(events, tx.Now)
	var was struct {
		Tier       standing.Tier
		TierSeq    int
		LevelBonus int
	}
	if err := tx.Raw(`select tier, tier_seq, level_bonus from certification.holder where agent_id = ?`, agent).Scan(&was).Error; err != nil {
		return false, err
	}
	if err := tx.Exec(`update certification.holder set standing_due = ? where agent_id = ? and standing_due is distinct from ?`, due, agent, due).Error; err != nil {
		return false, err
	}
	if now.Tier == was.Tier {
		return false, nil
	}
	cause := "recomputed"
	if n := len(now.Path); !anew && n > 0 && now.Path[n-1].From == was.Tier {
		cause = string(now.Path[n-1].Cause.Kind)
	}
	parts, err := json.Marshal(now.Parts)
	if err != nil {
		return false, fmt.Errorf("encode a tier: %w", err)
	}
	seq, bonus := was.TierSeq+1, now.Rules.Bonus(now.Tier)
	if err := tx.Exec(`insert into certification.tier_change (agent_id, seq, from_tier, to_tier, rules_version, score, shifts, parts, cause, changed_at) values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)`,
		agent, seq, was.Tier, now.Tier, now.Rules.Version, now.Score, now.Shifts, string(parts), cause, tx.Now).Error; err != nil {
		return false, err
	}
	if err := tx.Exec(`update certification.holder set tier = ?, tier_seq = ?, level_bonus = ? where agent_id = ?`, now.Tier, seq, bonus, agent).Error; err != nil {
		return false, err
	}
	return bonus != was.LevelBonus, outbox.Append(tx, fact.TierChanged{
		AgentID: agent.String(), Seq: seq, From: string(was.Tier), Tier: string(now.Tier), Score: now.Score, RulesVersion: now.Rules.Version,
	})
}

// settleTier is settleStanding where nothing else settles the agent's tags.
func settleTier(tx *postgres.Tx, agent uuid.UUID, anew bool) error {
	levels, err := settleStanding(tx, agent, anew)
	if err != nil || !levels {
		return err
	}
	version, err := nextVersion(tx, agent)
	if err != nil {
		return err
	}
	_, err = settleTags(tx, agent, version)
	return err
}

// selectEvents are all that counts for an agent's standing, also what is sure to come, and when the next of that is.
func selectEvents(tx *postgres.Tx, agent uuid.UUID) (events []standing.Event, due *time.Time, err error) {
	var work []struct {
		Kind       standing.Kind
		SubjectID  uuid.UUID
		Minutes    int
		HappenedAt time.Time
	}
	if err := tx.Raw(`select e.kind, e.subject_id, e.minutes, e.happened_at from certification.standing_event e where e.agent_id = ?
		and not exists (select from certification.standing_appeal a join certification.standing_appeal_decision d on d.appeal_id = a.id where a.event_id = e.id and d.upheld)`, agent).Scan(&work).Error; err != nil {
		return nil, nil, err
	}
	for _, w := range work {
		events = append(events, standing.Event{At: w.HappenedAt.UTC(), Kind: w.Kind, Subject: w.SubjectID.String(), Minutes: w.Minutes})
	}
	achieved, err := selectAchievements(tx, []uuid.UUID{agent})
	if err != nil {
		return nil, nil, err
	}
	for _, a := range achieved[agent] {
		if a.Passed && a.Score != nil {
			events = append(events, standing.Event{At: a.AchievedAt.UTC(), Kind: standing.Scored, Subject: a.Kind + " " + a.Ref, Score: *a.Score})
		}
	}
	var credentials []struct {
		ID, TemplateID                  uuid.UUID
		IssuedAt, ValidUntil            time.Time
		RevokedAt, SuspendedAt, EndedAt *time.Time
	}
	if err := tx.Raw(`select c.id, c.template_id, c.issued_at, c.valid_until, r.revoked_at, p.suspended_at, e.ended_at from certification.credential c
			left join certification.revocation r on r.credential_id = c.id left join certification.suspension p on p.credential_id = c.id left join certification.suspension_end e on e.suspension_id = p.id
		where c.agent_id = ?`, agent).Scan(&credentials).Error; err != nil {
		return nil, nil, err
	}
	for _, c := range credentials { // a row for each suspension; what is said twice counts once
		over := c.ValidUntil
		if c.RevokedAt != nil && c.RevokedAt.Before(over) {
			over = *c.RevokedAt
		}
		add := func(kind standing.Kind, at time.Time) {
			events = append(events, standing.Event{At: at.UTC(), Kind: kind, Subject: c.ID.String(), Of: c.TemplateID.String()})
		}
		add(standing.CredentialIn, c.IssuedAt)
		add(standing.CredentialOut, over)
		if c.SuspendedAt != nil && c.SuspendedAt.Before(over) {
			add(standing.CredentialOut, *c.SuspendedAt)
			if c.EndedAt != nil && c.EndedAt.Before(over) {
				add(standing.CredentialIn, *c.EndedAt)
			}
		}
		if over.After(tx.Now) && (due == nil || over.Before(*due)) {
			due = &over
		}
	}
	return events, due, nil
}

func selectTier(tx *postgres.Tx, agent uuid.UUID, at time.Time, language string) (*Tier, error) {
	events, _, err := selectEvents(tx, agent)
	if err != nil {
		return nil, err
	}
	past := !at.IsZero() && at.Before(tx.Now)
	if !past {
		at = tx.Now
	}
	found := standing.Replay(events, at)
	t := &Tier{
		AgentID: agent, Tier: found.Tier, Score: points(found.Score), Parts: viewParts(found.Parts), Shifts: found.Shifts,
		LevelBonus: found.Rules.Bonus(found.Tier), RulesVersion: found.Rules.Version, At: at, Path: make([]TierStep, len(found.Path)),
	}
	for i, c := range found.Path {
		step := TierStep{
			At: c.At, From: c.From, To: c.To, Score: points(c.Score), Shifts: c.Shifts, Parts: viewParts(c.Parts), Cause: string(c.Cause.Kind), RulesVersion: c.Rules,
		}
		step.Text = explain(step).In(language)
		t.Path[len(found.Path)-1-i] = step
	}
	if past {
		return t, nil
	}
	if ahead, ok := standing.Look(events, at); ok {
		t.Next = &TierAhead{Tier: ahead.Tier, Points: points(ahead.Points), Shifts: ahead.Shifts, Ways: []string{}}
		for _, way := range ways(ahead) {
			t.Next.Ways = append(t.Next.Ways, way.In(language))
		}
	}
	return t, nil
}

// ways says in words what leads to the next tier.
func ways(a standing.Ahead) (list []fault.Text) {
	if a.ShiftsInTime > 0 {
		list = append(list, fault.Text{
			ZH: fmt.Sprintf("再准时完成 %d 个班次即可升级。", a.ShiftsInTime),
			EN: fmt.Sprintf("%d more shifts started on time get you there.", a.ShiftsInTime),
		})
	}
	if a.Points > 0 && a.OneCredential > 0 {
		list = append(list, fault.Text{
			ZH: fmt.Sprintf("再取得一张证书可得 %g 分。", points(a.OneCredential)),
			EN: fmt.Sprintf("One more credential gives %g points.", points(a.OneCredential)),
		})
	}
	if a.Points > 0 && a.FullScore > 0 {
		list = append(list, fault.Text{
			ZH: fmt.Sprintf("再有一次满分的考试可得 %g 分。", points(a.FullScore)),
			EN: fmt.Sprintf("A full score in one more exam gives %g points.", points(a.FullScore)),
		})
	}
	return list
}

// explain says why a tier changed.
func explain(c TierStep) fault.Text {
	cause := map[string]fault.Text{
		string(standing.Finished):      {ZH: "完成了一个班次", EN: "a shift was finished"},
		string(standing.Late):          {ZH: "一次迟到", EN: "a late check-in"},
		string(standing.Missing):       {ZH: "一次缺勤", EN: "a missed shift"},
		string(standing.MinutesLost):   {ZH: "争议裁定扣减了工时", EN: "disputed minutes were ruled away"},
		string(standing.Scored):        {ZH: "一次考试、模拟或试岗的成绩", EN: "the score of an exam, a simulation or a trial"},
		string(standing.CredentialIn):  {ZH: "一张证书生效", EN: "a credential came into force"},
		string(standing.CredentialOut): {ZH: "一张证书失效", EN: "a credential went out of force"},
		string(standing.NewRules):      {ZH: "规则更新", EN: "a new version of the rules"},
	}[c.Cause]
	if cause == (fault.Text{}) {
		cause = fault.Text{ZH: "按现有记录重新计算", EN: "it was computed anew from what counts now"}
	}
	zh := map[standing.Tier]string{standing.Bronze: "铜星", standing.Silver: "银星", standing.Gold: "金星", standing.Diamond: "钻星"}
	return fault.Text{
		ZH: fmt.Sprintf("由%s变为%s：%s，得 %g 分，共 %d 个班次（规则第 %d 版）。", zh[c.From], zh[c.To], cause.ZH, c.Score, c.Shifts, c.RulesVersion),
		EN: fmt.Sprintf("From %s to %s: %s; %g points, %d shifts (rules version %d).", c.From, c.To, cause.EN, c.Score, c.Shifts, c.RulesVersion),
	}
}

func viewParts(parts []standing.Part) []TierPart {
	list := make([]TierPart, len(parts))
	for i, p := range parts {
		list[i] = TierPart{Part: p.Name, Value: points(p.Value), Weight: p.Weight, Points: points(p.Points)}
	}
	return list
}

func points(hundredths int) float64 { return float64(hundredths) / 100 }
