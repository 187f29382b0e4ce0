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

// Type names the fact.
func (TagsChanged) Type() string { return "peakseat.certification.tags.changed.v1" }

// Aggregate is the agent.
func (f TagsChanged) Aggregate() string { return f.AgentID }
