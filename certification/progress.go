package certification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/audit"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Progress is how far an agent is on the way to a credential.
type Progress struct {
	TemplateID   uuid.UUID         `json:"template_id"`
	Code         string            `json:"code"`
	Version      int               `json:"version"`
	NameZH       string            `json:"name_zh"`
	NameEN       string            `json:"name_en"`
	Grants       []TagGrant        `json:"grants" nullable:"false"`
	State        ProgressState     `json:"state" enum:"open,held,renewable,suspended,barred" doc:"open: it can be earned; held: it is in force; renewable: it is near its end; barred: the last was revoked, and officials decide"`
	Path         string            `json:"path" enum:"first,renewal,again" doc:"which requirements are listed: the full ones, the shorter ones of a renewal, or the full ones after a credential that is over"`
	CredentialID *uuid.UUID        `json:"credential_id,omitempty" doc:"the agent's last of this template"`
	ValidUntil   *time.Time        `json:"valid_until,omitempty"`
	RenewableAt  *time.Time        `json:"renewable_at,omitempty" doc:"of held: from when on a renewal is issued"`
	Requirements []RequirementView `json:"requirements" nullable:"false" doc:"none: it is issued by officials only"`
	Missing      int               `json:"missing" doc:"how many of them are not met"`
	Inputs       Inputs            `json:"inputs"`

	last     *Credential
	evidence []string
}

// ProgressState says what can become of it now.
type ProgressState string

// The states.
const (
	ProgressOpen      ProgressState = "open"
	ProgressHeld      ProgressState = "held"
	ProgressRenewable ProgressState = "renewable"
	ProgressSuspended ProgressState = "suspended"
	ProgressBarred    ProgressState = "barred"
)

// RequirementView is one requirement and how the agent meets it.
type RequirementView struct {
	Prerequisite
	Met  bool       `json:"met"`
	Have int        `json:"have" doc:"how often it was done well enough, since the last credential where it must be done anew"`
	Best *float64   `json:"best,omitempty" doc:"the best score so far, in percent"`
	Last *time.Time `json:"last,omitempty" doc:"when it was last done, well enough or not"`
	Next string     `json:"next,omitempty" doc:"what to do, in the language of Accept-Language; absent where it is met"`

	next fault.Text
}

// Inputs are the four things that credentials are made of, how many requirements of each are met.
type Inputs struct {
	Training   Input `json:"training"`
	Exam       Input `json:"exam"`
	Simulation Input `json:"simulation"`
	Trial      Input `json:"trial"`
}

// Input is how much of one kind is done.
type Input struct {
	Met int `json:"met"`
	Of  int `json:"of"`
}

// record is all that is asked of one agent.
type record struct {
	agent        uuid.UUID
	achievements []achievement
	credentials  []Credential
}

// progress judges an agent's record by a template. A course that was finished stays finished, and who somebody is stays true; everything else that counted
// for a credential counts for no later one of the template, and for a renewal all must be of the time since the last.
func (r record) progress(t Template) Progress {
	p := Progress{
		TemplateID: t.ID, Code: t.Code, Version: t.Version, NameZH: t.NameZH, NameEN: t.NameEN, Grants: t.Grants,
		State: ProgressOpen, Path: "first", Requirements: []RequirementView{},
	}
	var since time.Time
	if p.last = r.last(t.ID); p.last != nil {
		p.CredentialID, p.ValidUntil = &p.last.ID, &p.last.ValidUntil
		p.Path, since = "renewal", p.last.IssuedAt
		switch p.last.State {
		case badge.Valid, badge.Unknown:
			opens := p.last.ValidUntil.Add(-badge.ExpiringWithin)
			p.State, p.RenewableAt = ProgressHeld, &opens
		case badge.Expiring:
			p.State = ProgressRenewable
		case badge.Suspended:
			p.State = ProgressSuspended
		case badge.Expired:
			p.Path = "again"
		case badge.Revoked:
			p.State, p.Path, since = ProgressBarred, "again", *p.last.RevokedAt
		}
	}
	required := t.Requirements
	if p.Path == "renewal" {
		required = t.RenewalRequirements
	}
	for _, q := range required {
		v := r.look(q, since, p.Path)
		p.Requirements = append(p.Requirements, v.RequirementView)
		if !v.Met {
			p.Missing++
		}
		p.evidence = append(p.evidence, v.evidence...)
		p.Inputs.count(v.RequirementView)
	}
	return p
}

// due tells whether it is to be issued now.
func (p Progress) due() bool {
	return p.Missing == 0 && len(p.Requirements) > 0 && (p.State == ProgressOpen || p.State == ProgressRenewable)
}

func (in *Inputs) count(v RequirementView) {
	for kind, one := range map[string]*Input{"course": &in.Training, "paper": &in.Exam, "simulation": &in.Simulation, "trial_shift": &in.Trial} {
		if v.Kind == kind {
			one.Of++
			if v.Met {
				one.Met++
			}
		}
	}
}

type looked struct {
	RequirementView
	evidence []string
}

// look asks for one requirement among what was achieved after since.
func (r record) look(q Prerequisite, since time.Time, path string) (v looked) {
	v.Prerequisite = q
	if q.Kind == "credential" {
		for _, c := range r.credentials {
			if c.Code == q.Ref && c.State.Good() {
				v.Have, v.evidence = v.Have+1, append(v.evidence, "credential "+q.Ref+" ("+c.ID.String()+")")
			}
		}
	}
	best := -1
	for _, a := range r.achievements {
		stays := a.Kind == "identity" || a.Kind == "course" && path != "renewal"
		if a.Kind != q.Kind || a.Ref != q.Ref || !stays && !a.AchievedAt.After(since) {
			continue
		}
		if v.Last == nil || a.AchievedAt.After(*v.Last) {
			v.Last = &a.AchievedAt
		}
		if a.Score != nil {
			best = max(best, *a.Score)
		}
		if a.meets(q) {
			v.Have, v.evidence = v.Have+1, append(v.evidence, a.String())
		}
	}
	if best >= 0 {
		percent := float64(best) / 100
		v.Best = &percent
	}
	v.Met = v.Have >= max(q.Count, 1)
	if !v.Met {
		v.next = nextStep(q, v.RequirementView)
	}
	return v
}

// nextStep says what to do about a requirement that is not met.
func nextStep(q Prerequisite, v RequirementView) fault.Text {
	more := max(q.Count, 1) - v.Have
	least := fault.Text{ZH: "并通过", EN: "pass it"}
	if q.Score > 0 {
		least = fault.Text{ZH: fmt.Sprintf("并取得至少 %g 分", q.Score), EN: fmt.Sprintf("score at least %g%%", q.Score)}
	}
	if v.Best != nil {
		least.ZH += fmt.Sprintf("（目前最好 %g 分）", *v.Best)
		least.EN += fmt.Sprintf(" (your best is %g%%)", *v.Best)
	}
	switch q.Kind {
	case "identity":
		return fault.Text{ZH: "提交实名信息，等待平台核验。", EN: "Give your real-name data and wait until they are verified."}
	case "course":
		return fault.Text{ZH: "完成课程「" + q.Ref + "」。", EN: "Finish the course " + q.Ref + "."}
	case "paper":
		return fault.Text{ZH: "参加考试「" + q.Ref + "」" + least.ZH + "。", EN: "Take the exam " + q.Ref + " and " + least.EN + "."}
	case "simulation":
		return fault.Text{ZH: "进行模拟「" + q.Ref + "」" + least.ZH + "。", EN: "Do the simulation " + q.Ref + " and " + least.EN + "."}
	case "trial_shift":
		return fault.Text{
			ZH: fmt.Sprintf("再完成 %d 个试岗班次，评分卡「%s」%s。", more, q.Ref, least.ZH),
			EN: fmt.Sprintf("Take %d more trial seat(s) assessed by the card %s and %s.", more, q.Ref, least.EN),
		}
	}
	return fault.Text{ZH: "先取得证书「" + q.Ref + "」。", EN: "Earn the credential " + q.Ref + " first."}
}

// last is the end of the chain of the agent's credentials of a template; nil where there is none.
func (r record) last(template uuid.UUID) *Credential {
	followed := map[uuid.UUID]bool{}
	for _, c := range r.credentials {
		if c.Follows != nil {
			followed[*c.Follows] = true
		}
	}
	for i, c := range r.credentials {
		if c.TemplateID == template && !followed[c.ID] {
			return &r.credentials[i]
		}
	}
	return nil
}

// issueEarned gives the agent every credential whose last requirement is met, and those that these complete. The holder
// is locked.
func (s *Service) issueEarned(tx *postgres.Tx, agent uuid.UUID, offered []Template) error {
	for {
		issued := false
		records, err := selectRecords(tx, []uuid.UUID{agent})
		if err != nil {
			return err
		}
		for _, t := range offered {
			p := records[0].progress(t)
			if !p.due() {
				continue
			}
			if err := s.issueDue(tx, agent, t, p); err != nil {
				return err
			}
			issued = true
		}
		if !issued {
			return settleTrials(tx, agent, 0)
		}
	}
}

func (s *Service) issueDue(tx *postgres.Tx, agent uuid.UUID, t Template, p Progress) error {
	version, err := nextVersion(tx, agent)
	if err != nil {
		return err
	}
	in, until := Issuance{AgentID: agent, TemplateID: t.ID, Evidence: evidence(p.evidence)}, tx.Now.AddDate(0, 0, t.ValidDays)
	if p.Path == "renewal" {
		in.Renews, until = &p.last.ID, p.last.ValidUntil.AddDate(0, 0, t.ValidDays)
	}
	made, err := s.insertCredential(tx, t, in, until)
	if err != nil {
		return err
	}
	return settleAs(tx, made, version, "issued", audit.Entry{Action: "credential.issued", Reason: in.Evidence})
}

// issueFollowing issues what a credential that came into force completes.
func (s *Service) issueFollowing(tx *postgres.Tx, agent uuid.UUID) error {
	offered, err := newestTemplates(tx)
	if err != nil {
		return err
	}
	return s.issueEarned(tx, agent, offered)
}

// MyProgress is the actor's own way to every credential, by its code.
func (s *Service) MyProgress(ctx context.Context, language string) (list []Progress, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		list, err = selectProgress(tx, tx.Actor.AccountID, language)
		return err
	})
	return list, err
}

// ProgressOf is an agent's, for officials. It returns fault.ErrNotFound.
func (s *Service) ProgressOf(ctx context.Context, agent uuid.UUID, language string) (list []Progress, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { // trainers see no accounts
		if err := s.checkAgent(tx, agent); err != nil {
			return err
		}
		list, err = selectProgress(tx, agent, language)
		return err
	})
	return list, err
}

func selectProgress(tx *postgres.Tx, agent uuid.UUID, language string) ([]Progress, error) {
	offered, err := newestTemplates(tx)
	if err != nil {
		return nil, err
	}
	records, err := selectRecords(tx, []uuid.UUID{agent})
	if err != nil {
		return nil, err
	}
	list := make([]Progress, len(offered))
	for i, t := range offered {
		list[i] = records[0].progress(t).say(language)
	}
	return list, nil
}

// Candidate is an agent on the way to a template's credential, as officials see it.
type Candidate struct {
	AgentID uuid.UUID `json:"agent_id"`
	Progress
}

// Candidates are the agents who did anything for a template's credential or had one, by id.
func (s *Service) Candidates(ctx context.Context, template, after uuid.UUID, limit int, language string) (list []Candidate, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		t, err := selectTemplate(tx, template, 0)
		if err != nil {
			return err
		}
		var agents []uuid.UUID
		if err := tx.Raw(`select a.agent_id from (`+candidates+`) a where a.agent_id > ? order by a.agent_id limit ?`, template, template, after, limit).Scan(&agents).Error; err != nil {
			return err
		}
		records, err := selectRecords(tx, agents)
		if err != nil {
			return err
		}
		list = make([]Candidate, len(records))
		for i, r := range records {
			list[i] = Candidate{AgentID: r.agent, Progress: r.progress(t).say(language)}
		}
		return nil
	})
	return list, err
}

// selectRecords reads the agents' records, in the agents' order.
func selectRecords(tx *postgres.Tx, agents []uuid.UUID) ([]record, error) {
	achieved, err := selectAchievements(tx, agents)
	if err != nil {
		return nil, err
	}
	credentials, err := selectCredentials(tx, `c.agent_id = any (?::uuid[]) order by c.id`, postgres.ArrayOf(agents))
	if err != nil {
		return nil, err
	}
	records := make([]record, len(agents))
	for i, agent := range agents {
		records[i] = record{agent: agent, achievements: achieved[agent]}
	}
	for _, c := range credentials {
		r := &records[slices.Index(agents, c.AgentID)]
		r.credentials = append(r.credentials, c)
	}
	return records, nil
}

func newestTemplates(tx *postgres.Tx) ([]Template, error) {
	return selectTemplates(tx, `select distinct on (t.code) `+templateColumns+` order by t.code, v.version desc`)
}

// say writes what to do next in the reader's language.
func (p Progress) say(language string) Progress {
	for i := range p.Requirements {
		if !p.Requirements[i].Met {
			p.Requirements[i].Next = p.Requirements[i].next.In(language)
		}
	}
	return p
}
