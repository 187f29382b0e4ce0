package standing

import (
	"strconv"
	"time"
)

// Ahead is what the next tier takes.
type Ahead struct {
	Tier   Tier
	Points int // hundredths of a point that are missing
	Shifts int // that are missing
	// ShiftsInTime is how many shifts in a row, begun in time, lead there with nothing else changed; 0: more than MostAhead.
	ShiftsInTime int
	// OneCredential is what one more credential gives, in hundredths of a point.
	OneCredential int
	// FullScore is what a full score in one more exam gives.
	FullScore int
}

// MostAhead bounds how far ahead is looked.
const MostAhead = 200

// Look tells what leads to the next tier; false where there is none.
func Look(events []Event, until time.Time) (ahead Ahead, ok bool) {
	s := newState()
	for _, e := range inOrder(events, until) {
		s.apply(e)
		s.tier = s.judge(InForce(e.At)).Tier
	}
	rules := InForce(until)
	now := s.judge(rules)
	if now.Tier.rank() >= len(rules.Steps) {
		return Ahead{}, false
	}
	step := rules.Steps[now.Tier.rank()]
	ahead = Ahead{Tier: step.Tier, Points: max(step.ReachAt*100-now.Score, 0), Shifts: max(step.Shifts-now.Shifts, 0)}
	with := func(e Event) int {
		then := s.clone()
		then.apply(e)
		return then.judge(rules).Score - now.Score
	}
	ahead.OneCredential = with(Event{Kind: CredentialIn, Subject: "one more", Of: "one more"})
	ahead.FullScore = with(Event{Kind: Scored, Subject: "one more", Score: full})
	then := s.clone()
	for n := 1; n <= MostAhead; n++ {
		then.apply(Event{Kind: Finished, Subject: "ahead " + strconv.Itoa(n), Minutes: 240})
		if then.judge(rules).Tier.rank() >= step.Tier.rank() {
			ahead.ShiftsInTime = n
			break
		}
	}
	return ahead, true
}
