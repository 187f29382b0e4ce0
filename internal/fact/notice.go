package fact

// NoticeWritten: somebody has something to read: an account, or the people of an organisation.
type NoticeWritten struct {
	NoticeID       string `json:"notice_id"`
	Kind           string `json:"kind"`
	AccountID      string `json:"account_id,omitempty"`
	OrganisationID string `json:"organisation_id,omitempty"`
}

// Recipient is the account's or the organisation's id.
func (f NoticeWritten) Recipient() string {
	if f.AccountID != "" {
		return f.AccountID
	}
	return f.OrganisationID
}

// Type names the fact.
func (NoticeWritten) Type() string { return "peakseat.notice.notice.written.v1" }

// Aggregate is the recipient.
func (f NoticeWritten) Aggregate() string { return f.Recipient() }
