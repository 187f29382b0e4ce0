package standing

import (
	"slices"
	"time"
)

// Rules are one version of the formula. They are published as they are.
type Rules struct {
	Version int       `json:"version"`
	From    time.Time `json:"from" doc:"what happens from then on is judged by it"`

	Weights Weights `json:"weights" doc:"points of 100 that each part can give"`

	RecentShifts  int `json:"recent_shifts" doc:"attendance and disputes look at so many of the last shifts; days without work cost nothing"`
	PriorShifts   int `json:"prior_shifts" doc:"everybody begins as if they had worked so many shifts"`
	PriorPercent  int `json:"prior_percent" doc:"at this attendance"`
	LatePercent   int `json:"late_percent" doc:"a shift begun late counts as so much of one in time, which counts 100"`
	MissingCounts int `json:"missing_counts" doc:"a missed shift counts as so many shifts of nothing"`
	LostCounts    int `json:"lost_counts" doc:"a disputed minute that was ruled away counts so many times"`

	TrainingBest  int   `json:"training_best" doc:"the mean of the best scores of the last so many exams, simulations and trials that were passed"`
	CredentialsAt []int `json:"credentials_at" doc:"percent for one credential in force, for two, and so on" nullable:"false"`

	Steps []Step `json:"steps" doc:"the tiers above bronze, the lowest first" nullable:"false"`
}

// Weights are the points of each part, 100 together.
type Weights struct {
	Attendance    int `json:"attendance"`
	Disputes      int `json:"disputes"`
	Training      int `json:"training"`
	Certification int `json:"certification"`
}

// Step says how a tier is reached and kept. It is left only below KeepAt, so that nobody goes up and down by a hair.
type Step struct {
	Tier       Tier `json:"tier"`
	ReachAt    int  `json:"reach_at" doc:"points to come up to it"`
	KeepAt     int  `json:"keep_at" doc:"points to stay"`
	Shifts     int  `json:"shifts" doc:"to have worked or missed in all before one comes up to it"`
	LevelBonus int  `json:"level_bonus" doc:"levels that are added to the skill tags that credentials grant, up to 5"`
}

// V1 is the first formula. Its numbers are chosen, not measured: 50 points for being there in time, because that is what
// merchants are promised, 20 each for what was learned and what is certified, 10 for minutes that nobody disputed with
// success. Five points below are kept: of fifty shifts a late one costs half a point, a missed one 2.6, two missed ones 5.
func V1() Rules {
	return Rules{
		Version:       1,
		Weights:       Weights{Attendance: 50, Disputes: 10, Training: 20, Certification: 20},
		RecentShifts:  50,
		PriorShifts:   5,
		PriorPercent:  70,
		LatePercent:   50,
		MissingCounts: 3,
		LostCounts:    5,
		TrainingBest:  10,
		CredentialsAt: []int{60, 80, 100},
		Steps: []Step{
			{Tier: Silver, ReachAt: 60, KeepAt: 55, Shifts: 10},
			{Tier: Gold, ReachAt: 80, KeepAt: 75, Shifts: 30, LevelBonus: 1},
			{Tier: Diamond, ReachAt: 90, KeepAt: 85, Shifts: 100, LevelBonus: 1},
		},
	}
}

// Versions are all formulas, the oldest first.
func Versions() []Rules { return []Rules{V1()} }

// InForce is the version that judges what happens at a time.
func InForce(at time.Time) Rules {
	versions := Versions()
	for _, r := range slices.Backward(versions) {
		if !at.Before(r.From) {
			return r
		}
	}
	return versions[0]
}

// Bonus is what a tier adds to the levels of tags that credentials grant.
func (r Rules) Bonus(t Tier) int {
	for _, step := range r.Steps {
		if step.Tier == t {
			return step.LevelBonus
		}
	}
	return 0
}

// full is all of a part, in hundredths of a percent.
const full = 10_000

func (r Rules) attendance(recent []shift) int {
	sum, counted := r.PriorShifts*r.PriorPercent, r.PriorShifts
	for _, w := range recent {
		switch {
		case w.missing && !w.finished:
			counted += r.MissingCounts
		case w.missing || w.late:
			sum, counted = sum+r.LatePercent, counted+1
		default:
			sum, counted = sum+100, counted+1
		}
	}
	return sum * 100 / counted
}

func (r Rules) disputes(recent []shift, away int) int {
	minutes := 0
	for _, w := range recent {
		minutes += w.minutes
	}
	if away == 0 {
		return full
	}
	return max(full-full*r.LostCounts*away/max(minutes, 1), 0)
}

func (r Rules) training(best map[string]int, order []string) int {
	recent := order[max(len(order)-r.TrainingBest, 0):]
	sum := 0
	for _, code := range recent {
		sum += best[code]
	}
	return sum / max(len(recent), 1)
}

func (r Rules) certification(held int) int {
	if held == 0 {
		return 0
	}
	return r.CredentialsAt[min(held, len(r.CredentialsAt))-1] * 100
}

// move is the tier after the last one: up as far as points and shifts allow, down no further than points demand.
func (r Rules) move(last Tier, score, shifts int) Tier {
	tier := Bronze
	for _, step := range r.Steps {
		reached := score >= step.ReachAt*100 && shifts >= step.Shifts
		kept := last.rank() >= step.Tier.rank() && score >= step.KeepAt*100
		if !reached && !kept {
			break
		}
		tier = step.Tier
	}
	return tier
}
