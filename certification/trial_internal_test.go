package certification

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
)

// A trial opens for whoever has begun the way to it: by something done, by being verified, or by a credential that a trial alone
// renews.
func TestTrialsOpenForWhoeverHasBegun(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	trial := Prerequisite{Kind: "trial_shift", Ref: "presale", Score: 70}
	template := Template{ID: uuid.New(), Code: "presale", Version: 1, TemplateTerms: TemplateTerms{
		Requirements:        []Prerequisite{{Kind: "identity", Ref: "verified"}, {Kind: "course", Ref: "base"}, trial},
		RenewalRequirements: []Prerequisite{trial}, Grants: []TagGrant{{Tag: "function/presale", Level: 2}}, ValidDays: 365,
	}}
	held := Credential{ID: uuid.New(), TemplateID: template.ID, IssuedAt: at, ValidUntil: at.AddDate(1, 0, 0), State: badge.Expiring}
	verified := achievement{Kind: "identity", Ref: "verified", Passed: true, AchievedAt: at}
	taken := achievement{Kind: "identity", Ref: "verified", AchievedAt: at}
	course := achievement{Kind: "course", Ref: "base", Passed: true, AchievedAt: at}
	for name, c := range map[string]struct {
		record  record
		open    bool
		missing int
	}{
		"nothing was done":              {record{}, false, 0},
		"verified":                      {record{achievements: []achievement{verified}}, true, 1},
		"the course was finished":       {record{achievements: []achievement{course}}, true, 1},
		"both":                          {record{achievements: []achievement{course, verified}}, true, 0},
		"no longer verified":            {record{achievements: []achievement{course, taken}}, true, 1},
		"a trial alone renews":          {record{credentials: []Credential{held}}, true, 0},
		"a trial renewed it already":    {record{credentials: []Credential{held}, achievements: []achievement{{Kind: "trial_shift", Ref: "presale", Score: new(8000), Passed: true, AchievedAt: at.AddDate(0, 11, 0)}}}, false, 0},
		"the trial was before it began": {record{credentials: []Credential{held}, achievements: []achievement{{Kind: "trial_shift", Ref: "presale", Score: new(8000), Passed: true, AchievedAt: at.AddDate(0, -1, 0)}}}, true, 0},
	} {
		paths := c.record.trialPaths([]Template{template})
		if open := len(paths) == 1; open != c.open || open && len(paths[0].Missing) != c.missing {
			t.Errorf("%s: %+v", name, paths)
		}
	}
}
