package fact

import "time"

// CourseCompleted: an agent finished every lesson of a version of a course. Code names the course in credential templates.
type CourseCompleted struct {
	AgentID  string `json:"agent_id"`
	CourseID string `json:"course_id"`
	Code     string `json:"code"`
	Version  int    `json:"version"`
}

// AttemptGraded: an attempt at a paper has its score, or a new one after an appeal or a second grader. Seq grows by one
// with every grading of the attempt; the newest alone is the truth. Code names the paper in credential templates.
type AttemptGraded struct {
	AttemptID string `json:"attempt_id"`
	AgentID   string `json:"agent_id"`
	PaperID   string `json:"paper_id"`
	Code      string `json:"code"`
	Version   int    `json:"version"`
	Seq       int    `json:"seq"`
	Score     int    `json:"score"` // hundredths of a percent
	Passed    bool   `json:"passed"`
}

// SimulationScored: a run of a simulation ended. Code names the scenario in credential templates.
type SimulationScored struct {
	RunID   string `json:"run_id"`
	AgentID string `json:"agent_id"`
	Code    string `json:"code"`
	Version int    `json:"version"`
	Score   int    `json:"score"` // hundredths of a percent
	Passed  bool   `json:"passed"`
}

// TrialAssessed: the mentor of a trial shift, or a trainer, filled in its card. Code names the card in credential templates.
type TrialAssessed struct {
	TrialID string `json:"trial_id"`
	AgentID string `json:"agent_id"`
	ShiftID string `json:"shift_id"`
	Code    string `json:"code"`
	Score   int    `json:"score"` // hundredths of a percent
	Passed  bool   `json:"passed"`
	// AssessorID is whose word it is; By is "mentor" or "trainer".
	AssessorID string `json:"assessor_id"`
	By         string `json:"by"`
}

// PackPublished: a version of a shop's brand pack will never change again, and is in force from InForceAt on. QuizVersion is
// the version whose quiz agents must have passed: its own, that of an earlier one where the change is editorial, or 0 for none.
type PackPublished struct {
	ShopID      string    `json:"shop_id"`
	MerchantID  string    `json:"merchant_id"`
	Version     int       `json:"version"`
	QuizVersion int       `json:"quiz_version"`
	Editorial   bool      `json:"editorial"`
	InForceAt   time.Time `json:"in_force_at"`
	PublishedAt time.Time `json:"published_at"`
}

// PackQuizGraded: an agent's attempt at the quiz of a pack version has its result, or after a second marking a new one. Seq
// grows by one with every grading of the attempt; the newest alone is the truth.
type PackQuizGraded struct {
	AttemptID  string `json:"attempt_id"`
	AgentID    string `json:"agent_id"`
	ShopID     string `json:"shop_id"`
	MerchantID string `json:"merchant_id"`
	Version    int    `json:"version"`
	Seq        int    `json:"seq"`
	Passed     bool   `json:"passed"`
}

// Type names the fact.
func (CourseCompleted) Type() string { return "peakseat.academy.course.completed.v1" }

// Type names the fact.
func (AttemptGraded) Type() string { return "peakseat.academy.attempt.graded.v1" }

// Type names the fact.
func (SimulationScored) Type() string { return "peakseat.academy.simulation.scored.v1" }

// Type names the fact.
func (TrialAssessed) Type() string { return "peakseat.academy.trial.assessed.v1" }

// Type names the fact.
func (PackPublished) Type() string { return "peakseat.academy.pack.published.v1" }

// Type names the fact.
func (PackQuizGraded) Type() string { return "peakseat.academy.pack_quiz.graded.v1" }

// Aggregate is the agent, whose credentials follow.
func (f CourseCompleted) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose credentials follow.
func (f AttemptGraded) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose credentials follow.
func (f SimulationScored) Aggregate() string { return f.AgentID }

// Aggregate is the agent, whose credentials follow.
func (f TrialAssessed) Aggregate() string { return f.AgentID }

// Aggregate is the shop.
func (f PackPublished) Aggregate() string { return f.ShopID }

// Aggregate is the agent.
func (f PackQuizGraded) Aggregate() string { return f.AgentID }
