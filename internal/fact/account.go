package fact

// AccountRegistered: a person opened an account. Kind is "agent" or "staff".
type AccountRegistered struct {
	AccountID string `json:"account_id"`
	Kind      string `json:"kind"`
}

// OrganisationRegistered: a merchant came to be, with its first owner.
type OrganisationRegistered struct {
	OrganisationID string `json:"organisation_id"`
	Kind           string `json:"kind"`
	OwnerID        string `json:"owner_id"`
}

// MembershipGranted: an account may act for an organisation in a role. Was is the role that it had there until now, if any.
type MembershipGranted struct {
	OrganisationID string `json:"organisation_id"`
	AccountID      string `json:"account_id"`
	Role           string `json:"role"`
	Was            string `json:"was,omitempty"`
}

// MembershipEnded: an account may no longer act for an organisation.
type MembershipEnded struct {
	OrganisationID string `json:"organisation_id"`
	AccountID      string `json:"account_id"`
}

// AccountErased: the person is gone: who they were can no longer be read. AccountDisabled was told before it.
type AccountErased struct {
	AccountID string `json:"account_id"`
}

// AccountDisabled: an account is out; tokens of it end within a minute. Reason is "operator" or "erased".
type AccountDisabled struct {
	AccountID string `json:"account_id"`
	Reason    string `json:"reason"`
}

// AccountEnabled: a disabled account is in again.
type AccountEnabled struct {
	AccountID string `json:"account_id"`
}

// IdentityChanged: an agent's real-name data are in another state: "given" (nobody has looked yet), "verified" or "refused".
// The highest Seq is the truth.
type IdentityChanged struct {
	AccountID string `json:"account_id"`
	Seq       int    `json:"seq"`
	State     string `json:"state"`
}

// Type names the fact.
func (AccountRegistered) Type() string { return "peakseat.account.account.registered.v1" }

// Type names the fact.
func (OrganisationRegistered) Type() string { return "peakseat.account.organisation.registered.v1" }

// Type names the fact.
func (MembershipGranted) Type() string { return "peakseat.account.membership.granted.v1" }

// Type names the fact.
func (MembershipEnded) Type() string { return "peakseat.account.membership.ended.v1" }

// Type names the fact.
func (AccountErased) Type() string { return "peakseat.account.account.erased.v1" }

// Type names the fact.
func (AccountDisabled) Type() string { return "peakseat.account.account.disabled.v1" }

// Type names the fact.
func (AccountEnabled) Type() string { return "peakseat.account.account.enabled.v1" }

// Type names the fact.
func (IdentityChanged) Type() string { return "peakseat.account.identity.changed.v1" }

// Aggregate is the account.
func (f AccountRegistered) Aggregate() string { return f.AccountID }

// Aggregate is the organisation.
func (f OrganisationRegistered) Aggregate() string { return f.OrganisationID }

// Aggregate is the account.
func (f MembershipGranted) Aggregate() string { return f.AccountID }

// Aggregate is the account.
func (f MembershipEnded) Aggregate() string { return f.AccountID }

// Aggregate is the account.
func (f AccountErased) Aggregate() string { return f.AccountID }

// Aggregate is the account.
func (f AccountDisabled) Aggregate() string { return f.AccountID }

// Aggregate is the account.
func (f AccountEnabled) Aggregate() string { return f.AccountID }

// Aggregate is the account.
func (f IdentityChanged) Aggregate() string { return f.AccountID }
