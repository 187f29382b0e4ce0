package academy

import (
	"time"

	"github.com/google/uuid"
)

// PaperVersion is a version of a paper. Published ones never change: attempts keep the one that they were sat under.
type PaperVersion struct {
	ID          uuid.UUID  `json:"id"`
	PaperID     uuid.UUID  `json:"paper_id"`
	Code        string     `json:"code"`
	Version     int        `json:"version"`
	Revision    int64      `json:"revision" doc:"of a draft"`
	State       string     `json:"state" enum:"draft,published"`
	CreatedAt   time.Time  `json:"created_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	PaperTerms
}

// PaperTerms are what a version says.
type PaperTerms struct {
	NameZH          string      `json:"name_zh" minLength:"1" maxLength:"100"`
	NameEN          string      `json:"name_en" minLength:"1" maxLength:"100"`
	Minutes         int         `json:"minutes" minimum:"1" maximum:"600" doc:"the time to sit it, before accommodations"`
	GraceSeconds    int         `json:"grace_seconds" minimum:"0" maximum:"600" doc:"how late an answer may still arrive"`
	PassScore       int         `json:"pass_score" minimum:"0" maximum:"10000" doc:"in hundredths of a percent of the points"`
	MaxAttempts     int         `json:"max_attempts" minimum:"1" maximum:"100"`
	CoolDownMinutes int         `json:"cool_down_minutes" minimum:"0" maximum:"525600" doc:"from the end of an attempt to the next"`
	MaxOverlap      int         `json:"max_overlap" minimum:"0" maximum:"100" doc:"percent of a form that the examinee's form before may have had too"`
	BankIDs         []uuid.UUID `json:"bank_ids" minItems:"1" maxItems:"50" nullable:"false"`
	Blueprint       []Cell      `json:"blueprint" minItems:"1" maxItems:"100" nullable:"false"`
}
