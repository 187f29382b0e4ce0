package academy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// playRules are the numbers of play, version 1.
type playRules struct {
	Points map[string]int // by kind
	Helper int            // accepted answers that make a helper
	Streak int            // days in a row that make a badge
	Zone   string         // where a day begins and ends
}

func playVersion1() playRules {
	return playRules{
		Points: map[string]int{"course": 100, "paper": 150, "simulation": 80, "trial_shift": 200, "answer": 20, "talk": 30},
		Helper: 5, Streak: 7, Zone: "Asia/Shanghai",
	}
}

// Play is an agent's points and what they come from.
type Play struct {
	Handle     string       `json:"handle" doc:"what other agents see in place of a name"`
	Points     int          `json:"points"`
	Streak     int          `json:"streak_days" doc:"days in a row, up to today or yesterday, with something that still counts"`
	BestStreak int          `json:"best_streak_days"`
	Cohort     string       `json:"cohort,omitempty" doc:"the month of the first points, such as 2026-11"`
	Badges     []Badge      `json:"badges" nullable:"false"`
	Events     []PointEvent `json:"events" nullable:"false" doc:"newest first; a reversal has negative points"`
}

// Badge is something reached, for as long as what it is made of stands.
type Badge struct {
	Code    string    `json:"code" enum:"first_course,first_exam,first_simulation,first_trial,helper,streak"`
	NameZH  string    `json:"name_zh"`
	NameEN  string    `json:"name_en"`
	Reached time.Time `json:"reached_at"`
}

// PointEvent is a change of points.
type PointEvent struct {
	ID         uuid.UUID `json:"id"`
	Kind       string    `json:"kind" enum:"course,paper,simulation,trial_shift,answer,talk"`
	Ref        string    `json:"ref"`
	Points     int       `json:"points"`
	HappenedAt time.Time `json:"happened_at"`
}

// settlePoints makes an agent's points for one thing what it is worth while it stands, and nothing once it does not. It may
// be called again for the same cause.
func settlePoints(tx *postgres.Tx, agent uuid.UUID, kind, ref string, stands bool, cause uuid.UUID, at time.Time) error {
	if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, "points/"+agent.String()).Error; err != nil {
		return err
	}
	var has int
	if err := tx.Raw(`select coalesce(sum(points), 0) from academy.point_event where agent_id = ? and kind = ? and ref = ?`, agent, kind, ref).Scan(&has).Error; err != nil {
		return err
	}
	worth := 0
	if stands {
		worth = playVersion1().Points[kind]
	}
	if worth == has {
		return nil
	}
	return tx.Exec(`insert into academy.point_event (id, agent_id, kind, ref, points, cause, happened_at) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		newID(), agent, kind, ref, worth-has, cause, at).Error
}

// settleMilestone gives or takes back the points for what a milestone is about: passed in any way, it counts once.
func settleMilestone(tx *postgres.Tx, m milestone, cause uuid.UUID) error {
	var stands bool
	if err := tx.Raw(`select coalesce(bool_or(passed), false) from (select distinct on (source_id) passed from academy.milestone
		where agent_id = ? and kind = ? and ref = ? order by source_id, seq desc) m`, m.AgentID, m.Kind, m.Ref).Scan(&stands).Error; err != nil {
		return err
	}
	return settlePoints(tx, m.AgentID, m.Kind, m.Ref, stands, cause, m.ReachedAt)
}

// Play is the acting agent's.
func (s *Service) Play(ctx context.Context) (p *Play, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var events []PointEvent
		if err := tx.Raw(`select id, kind, ref, points, happened_at from academy.point_event where agent_id = ? order by id`, tx.Actor.AccountID).Scan(&events).Error; err != nil {
			return err
		}
		if p, err = playOf(events, tx.Now); err == nil {
			p.Handle = handle(tx.Actor.AccountID)
		}
		return err
	})
	return p, err
}

// playOf computes everything from the events alone, oldest first.
func playOf(events []PointEvent, now time.Time) (*Play, error) {
	rules := playVersion1()
	zone, err := time.LoadLocation(rules.Zone)
	if err != nil {
		return nil, fmt.Errorf("the zone of play: %w", err)
	}
	p := &Play{Badges: []Badge{}, Events: slices.Clone(events)}
	slices.Reverse(p.Events)
	if p.Events == nil {
		p.Events = []PointEvent{}
	}
	if len(events) > 0 {
		p.Cohort = events[0].HappenedAt.In(zone).Format("2006-01")
	}
	standing := map[string]int{}
	for _, e := range events {
		p.Points += e.Points
		standing[e.Kind+"/"+e.Ref] += e.Points
	}
	seen := map[string]bool{}
	answers := 0
	var days []int64
	for _, e := range events {
		if e.Points < 0 || standing[e.Kind+"/"+e.Ref] <= 0 {
			continue // taken back
		}
		if e.Kind == "answer" {
			if answers++; answers == rules.Helper {
				p.Badges = append(p.Badges, Badge{"helper", "热心答主", "Helper", e.HappenedAt})
			}
		}
		if b, has := firstBadges()[e.Kind]; has && !seen[e.Kind] {
			b.Reached = e.HappenedAt
			p.Badges = append(p.Badges, b)
		}
		seen[e.Kind] = true
		if d := dayOf(e.HappenedAt, zone); !slices.Contains(days, d) {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	run, today := 0, dayOf(now, zone)
	for i, d := range days {
		if i > 0 && days[i-1] == d-1 {
			run++
		} else {
			run = 1
		}
		if p.BestStreak = max(p.BestStreak, run); run == rules.Streak {
			p.Badges = append(p.Badges, Badge{"streak", "连续学习", "Streak", time.Unix((d+1)*86400, 0).UTC()})
		}
		if d >= today-1 {
			p.Streak = run
		}
	}
	return p, nil
}

func firstBadges() map[string]Badge {
	return map[string]Badge{
		"course": {Code: "first_course", NameZH: "第一门课", NameEN: "First course"}, "paper": {Code: "first_exam", NameZH: "第一次考过", NameEN: "First exam"},
		"simulation": {Code: "first_simulation", NameZH: "第一次模拟通关", NameEN: "First simulation"}, "trial_shift": {Code: "first_trial", NameZH: "第一次试岗通过", NameEN: "First trial shift"},
	}
}

// dayOf numbers days where they begin and end.
func dayOf(at time.Time, zone *time.Location) int64 {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// LeaderboardLine is a line of a leaderboard. Nobody is named: others are a handle that means nothing outside of it.
type LeaderboardLine struct {
	Rank   int    `json:"rank" doc:"equal points share a rank"`
	Handle string `json:"handle"`
	Points int    `json:"points"`
	Me     bool   `json:"me"`
}

// Leaderboard lists a cohort: the agents whose first points came in the same month. An empty cohort is the acting agent's own.
func (s *Service) Leaderboard(ctx context.Context, cohort string, limit int) (list []LeaderboardLine, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		var rows []struct {
			AgentID uuid.UUID
			Points  int
			Rank    int
		}
		if err := tx.Raw(`with first as (select agent_id, to_char(min(happened_at) at time zone @zone, 'YYYY-MM') as cohort, sum(points) as points from academy.point_event group by agent_id)
			select agent_id, points, rank() over (order by points desc) as rank from first
			where cohort = case when @cohort = '' then (select f.cohort from first f where f.agent_id = @me) else @cohort end order by rank, agent_id limit @limit`,
			map[string]any{"zone": playVersion1().Zone, "cohort": cohort, "me": tx.Actor.AccountID, "limit": limit}).Scan(&rows).Error; err != nil {
			return err
		}
		list = []LeaderboardLine{}
		for _, r := range rows {
			list = append(list, LeaderboardLine{Rank: r.Rank, Handle: handle(r.AgentID), Points: r.Points, Me: r.AgentID == tx.Actor.AccountID})
		}
		return nil
	})
	return list, err
}

// handle stands for an agent before other agents; it tells nothing of who they are.
func handle(agent uuid.UUID) string {
	sum := sha256.Sum256([]byte("peakseat handle/" + agent.String()))
	return hex.EncodeToString(sum[:4])
}
