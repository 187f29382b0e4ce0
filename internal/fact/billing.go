package fact

import "time"

// WalletToppedUp: money arrived in a merchant's wallet. Amounts are minor units.
type WalletToppedUp struct {
	TopUpID    string `json:"top_up_id"`
	MerchantID string `json:"merchant_id"`
	Amount     int64  `json:"amount"`
	Currency   string `json:"currency"`
}

// TimesheetSubmitted: attended minutes await the merchant's approval.
type TimesheetSubmitted struct {
	TimesheetID  string `json:"timesheet_id"`
	AssignmentID string `json:"assignment_id"`
	MerchantID   string `json:"merchant_id"`
	AgentID      string `json:"agent_id"`
	Minutes      int64  `json:"minutes"`
}

// TimesheetSettled: escrow became earnings, commission and tax, in minor units.
type TimesheetSettled struct {
	TimesheetID  string `json:"timesheet_id"`
	AssignmentID string `json:"assignment_id"`
	MerchantID   string `json:"merchant_id"`
	AgentID      string `json:"agent_id"`
	Minutes      int64  `json:"minutes"`
	Pay          int64  `json:"pay"`
	Tax          int64  `json:"tax"`
	Commission   int64  `json:"commission"`
	Currency     string `json:"currency"`
	// By is what settled it: "approval", "deadline" or "ruling".
	By string `json:"by"`
}

// DisputeOpened: a merchant disputes minutes of a timesheet (Kind "dispute"), or the agent objects that minutes
// are missing (Kind "objection").
type DisputeOpened struct {
	DisputeID   string    `json:"dispute_id"`
	TimesheetID string    `json:"timesheet_id"`
	MerchantID  string    `json:"merchant_id"`
	AgentID     string    `json:"agent_id"`
	Kind        string    `json:"kind"`
	Minutes     int64     `json:"minutes"`
	RuleBy      time.Time `json:"rule_by"`
}

// DisputeRuled: an operator, or the deadline, decided how many of the minutes go to the agent.
type DisputeRuled struct {
	DisputeID      string `json:"dispute_id"`
	TimesheetID    string `json:"timesheet_id"`
	MerchantID     string `json:"merchant_id"`
	AgentID        string `json:"agent_id"`
	Kind           string `json:"kind"`
	Minutes        int64  `json:"minutes"`
	MinutesToAgent int64  `json:"minutes_to_agent"`
	// By is "ruling" or "deadline".
	By string `json:"by"`
}

// Type names the fact.
func (WalletToppedUp) Type() string { return "peakseat.billing.wallet.topped_up.v1" }

// Type names the fact.
func (TimesheetSubmitted) Type() string { return "peakseat.billing.timesheet.submitted.v1" }

// Type names the fact.
func (TimesheetSettled) Type() string { return "peakseat.billing.timesheet.settled.v1" }

// Type names the fact.
func (DisputeOpened) Type() string { return "peakseat.billing.dispute.opened.v1" }

// Type names the fact.
func (DisputeRuled) Type() string { return "peakseat.billing.dispute.ruled.v1" }

// Aggregate is the merchant.
func (f WalletToppedUp) Aggregate() string { return f.MerchantID }

// Aggregate is the timesheet.
func (f TimesheetSubmitted) Aggregate() string { return f.TimesheetID }

// Aggregate is the timesheet.
func (f TimesheetSettled) Aggregate() string { return f.TimesheetID }

// Aggregate is the timesheet, whose row is locked.
func (f DisputeOpened) Aggregate() string { return f.TimesheetID }

// Aggregate is the timesheet, whose row is locked.
func (f DisputeRuled) Aggregate() string { return f.TimesheetID }
