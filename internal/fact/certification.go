package fact

import "time"

// TagsChanged: what an agent holds now, whole, so that the newest version alone is the truth.
// Version grows by one with every change of the agent's tags.
type TagsChanged struct {
	AgentID string    `json:"agent_id"`
	Version int64     `json:"version"`
	Tags    []HeldTag `json:"tags"`
}

// HeldTag is one tag at a level until it expires.
type HeldTag struct {
	Tag       string    `json:"tag"`
	Level     int       `json:"level"`
	ExpiresAt time.Time `json:"expires_at"`
}

// TagVersioned: a skill tag was added, renamed, explained, retired or restored. Version is the taxonomy's, which grows by one
// with every change. A retired tag is not asked for or granted anew.
type TagVersioned struct {
	TagID   string `json:"tag_id" doc:"the same wherever the name is the same"`
	Tag     string `json:"tag"`
	Version int    `json:"version"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Retired bool   `json:"retired"`
}

// TemplateVersioned: a credential template has a new version, the first among them. Code is what requirements name it by.
type TemplateVersioned struct {
	TemplateID string `json:"template_id"`
	Code       string `json:"code"`
	Version    int    `json:"version"`
}

// CredentialExpiring: a credential in force is near its end and may be renewed now.
type CredentialExpiring struct {
	CredentialID string    `json:"credential_id"`
	AgentID      string    `json:"agent_id"`
	TemplateID   string    `json:"template_id"`
	ValidUntil   time.Time `json:"valid_until"`
}

// TrialsChanged: of which credentials an agent has begun the path to a trial, whole, so that the newest version alone is
// the truth. The versions are those of TagsChanged.
type TrialsChanged struct {
	AgentID string      `json:"agent_id"`
	Version int64       `json:"version"`
	Trials  []TrialPath `json:"trials"`
}

// TrialPath is how far an agent is towards the trial of a credential. Code names the credential's template, Card the card of
// the trial, Tags what the credential would grant. Missing are the requirements but the trial that are not met, each as
// "kind ref": empty means that the agent may try out.
type TrialPath struct {
	TemplateID string     `json:"template_id"`
	Code       string     `json:"code"`
	Card       string     `json:"card"`
	Tags       []TagLevel `json:"tags"`
	Missing    []string   `json:"missing,omitempty"`
}

// TagLevel is a tag at a level.
type TagLevel struct {
	Tag   string `json:"tag"`
	Level int    `json:"level"`
}

// CredentialIssued: an agent earned a credential. Renews is the one before it, or empty.
type CredentialIssued struct {
	CredentialID    string    `json:"credential_id"`
	AgentID         string    `json:"agent_id"`
	TemplateID      string    `json:"template_id"`
	TemplateVersion int       `json:"template_version"`
	ValidUntil      time.Time `json:"valid_until"`
	Renews          string    `json:"renews,omitempty"`
}

// CredentialSuspended: a credential does not count until then, or until it is reinstated or revoked before.
type CredentialSuspended struct {
	CredentialID string    `json:"credential_id"`
	AgentID      string    `json:"agent_id"`
	ReasonCode   string    `json:"reason_code"`
	Until        time.Time `json:"until"`
}

// CredentialReinstated: a suspension ended and the credential counts again. By is "time", "official" or "appeal".
type CredentialReinstated struct {
	CredentialID string `json:"credential_id"`
	AgentID      string `json:"agent_id"`
	By           string `json:"by"`
}

// CredentialRevoked: a credential counts no more, for ever.
type CredentialRevoked struct {
	CredentialID string `json:"credential_id"`
	AgentID      string `json:"agent_id"`
	ReasonCode   string `json:"reason_code"`
}

// CredentialAppealDecided: somebody else looked again. Upheld means that the appeal was right.
type CredentialAppealDecided struct {
	AppealID     string `json:"appeal_id"`
	CredentialID string `json:"credential_id"`
	AgentID      string `json:"agent_id"`
	Upheld       bool   `json:"upheld"`
}

// TierChanged: an agent's tier moved, by the version of the published formula. Seq grows by one with every change of the
// agent's; the newest alone is the truth. Score is in hundredths of a point, of 100.
type TierChanged struct {
	AgentID      string `json:"agent_id"`
	Seq          int    `json:"seq"`
	From         string `json:"from"`
	Tier         string `json:"tier"`
	Score        int    `json:"score"`
	RulesVersion int    `json:"rules_version"`
}

// PenaltyAppealDecided: somebody looked again at a mark of late or missing. Upheld means that it never happened. SubjectID
// is the assignment.
type PenaltyAppealDecided struct {
	EventID   string `json:"event_id"`
	Kind      string `json:"kind"`
	SubjectID string `json:"subject_id"`
	AgentID   string `json:"agent_id"`
	Upheld    bool   `json:"upheld"`
	DecidedBy string `json:"decided_by"`
}

// Type names the fact.
func (TierChanged) Type() string { return "peakseat.certification.tier.changed.v1" }

// Type names the fact.
func (PenaltyAppealDecided) Type() string { return "peakseat.certification.penalty_appeal.decided.v1" }

// Aggregate is the agent.
func (f TierChanged) Aggregate() string { return f.AgentID }

// Aggregate is the agent.
func (f PenaltyAppealDecided) Aggregate() string { return f.AgentID }

// Type names the fact.
func (TagVersioned) Type() string { return "peakseat.certification.tag.versioned.v1" }

// Aggregate is the tag: the same id wherever its name is the same.
func (f TagVersioned) Aggregate() string { return f.TagID }

// Type names the fact.
func (TemplateVersioned) Type() string { return "peakseat.certification.template.versioned.v1" }

// Type names the fact.
func (CredentialExpiring) Type() string { return "peakseat.certification.credential.expiring.v1" }

// Aggregate is the template.
func (f TemplateVersioned) Aggregate() string { return f.TemplateID }

// Aggregate is the agent, whose tags follow.
func (f CredentialExpiring) Aggregate() string { return f.AgentID }

// Type names the fact.
func (TrialsChanged) Type() string { return "peakseat.certification.trials.changed.v1" }

// Type names the fact.
func (CredentialIssued) Type() string { return "peakseat.certification.credential.issued.v1" }

// Type names the fact.
func (CredentialSuspended) Type() string { return "peakseat.certification.credential.suspended.v1" }

// Type names the fact.
func (CredentialReinstated) Type() string { return "peakseat.certification.credential.reinstated.v1" }

// Type names the fact.
func (CredentialRevoked) Type() string { return "peakseat.certification.credential.revoked.v1" }

// Type names the fact.
func (CredentialAppealDecided) Type() string { return "peakseat.certification.appeal.decided.v1" }

// Aggregate is the agent.
func (f TrialsChanged) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose tags follow.
func (f CredentialIssued) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose tags follow.
func (f CredentialSuspended) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose tags follow.
func (f CredentialReinstated) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose tags follow.
func (f CredentialRevoked) Aggregate() string { return f.AgentID }

// Aggregate is the agent.
func (f CredentialAppealDecided) Aggregate() string { return f.AgentID }

// Type names the fact.
func (TagsChanged) Type() string { return "peakseat.certification.tags.changed.v1" }

// Aggregate is the agent.
func (f TagsChanged) Aggregate() string { return f.AgentID }
