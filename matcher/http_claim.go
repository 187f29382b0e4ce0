package matcher

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// RuleView is one rule of eligibility as an agent reads it.
type RuleView struct {
	Rule     string      `json:"rule" doc:"stable; shift_open, account_active, own_organisation, tag, brand_pack, availability, longest_shift, own_day_hours, own_week_hours, day_hours, week_hours, overlap, rest_between, rest_of_night, least_pay, needs; of a trial seat trial_seats, trial_path and mentor_at_work in place of tag"`
	Tag      string      `json:"tag,omitempty" doc:"of the rule tag: which one" example:"function/presale"`
	Pack     *PackNeeded `json:"pack,omitempty" doc:"of the rule brand_pack: which quiz"`
	Passed   bool        `json:"passed"`
	Value    string      `json:"value" example:"level 1"`
	Needed   string      `json:"needed" example:"level 2, valid until 2026-11-12 02:00 +08:00"`
	NextStep string      `json:"next_step" doc:"empty where the rule passed"`
	Short    *Short      `json:"short,omitempty" doc:"how far I am short, where the rule says no and that is a number"`
}

// Eligibility says whether an agent may take a seat of a shift, and why.
type Eligibility struct {
	Eligible bool       `json:"eligible"`
	Shift    *HallShift `json:"shift"`
	Rules    []RuleView `json:"rules" nullable:"false"`
	Standing *Standing  `json:"standing,omitempty" doc:"where I stand although no rule says no; or with a seat or an offer of the shift"`
}

func ruleViews(list []Rule, language string) []RuleView {
	views := make([]RuleView, len(list))
	for i, r := range list {
		value, needed, next := r.Texts()
		views[i] = RuleView{
			Rule: r.Name, Tag: r.Tag, Pack: r.Pack, Passed: r.Passed,
			Value: value.In(language), Needed: needed.In(language), NextStep: next.In(language),
		}
		if !r.Passed && r.short.Unit != "" {
			views[i].Short = &r.short
		}
	}
	return views
}

type shiftInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// seatInput names a shift and a kind of its seats.
type seatInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Kind string    `query:"kind" enum:"regular,trial" default:"regular" doc:"trial: a trial seat, for agents who lack nothing of a credential but the trial"`
}

const kindTrial = "trial"

// claimRoutes are what an agent does with a seat.
func (s *Service) claimRoutes(api *web.API) {
	web.Register(api, web.Op{
		Method: http.MethodPost, Path: "/shifts/{id}/claims", Tag: "matcher", Access: web.Agent, Status: http.StatusCreated, Keyed: web.InHandler,
		Summary: "Take an open seat of a shift",
	}, func(ctx context.Context, in *seatInput) (*Assignment, error) {
		if in.Kind == kindTrial {
			return s.ClaimTrialSeat(ctx, in.ID)
		}
		return s.ClaimSeat(ctx, in.ID)
	})
	web.Register(api, web.Op{
		Method: http.MethodPost, Path: "/offers/{id}/acceptance", Tag: "matcher", Access: web.Agent, Status: http.StatusCreated, Keyed: web.InHandler,
		Summary: "Accept an offer and hold its seat",
	}, func(ctx context.Context, in *shiftInput) (*Assignment, error) { return s.AcceptOffer(ctx, in.ID) })
	web.Register(api, web.Op{
		Method: http.MethodPost, Path: "/assignments/{id}/release", Tag: "matcher", Access: web.Agent, Keyed: web.InHandler,
		Summary: "Give a seat back to the hall, until the start",
	}, func(ctx context.Context, in *shiftInput) (*Assignment, error) { return s.Release(ctx, in.ID) })
	web.Register(api, web.Op{
		Method: http.MethodGet, Path: "/shifts/{id}/eligibility", Tag: "matcher", Access: web.Agent,
		Summary: "Whether I may take a seat of a shift, rule by rule, and where I stand behind those who were chosen",
	}, func(ctx context.Context, in *seatInput) (*Eligibility, error) {
		var (
			list     []Rule
			standing *Standing
			err      error
		)
		if in.Kind == kindTrial {
			list, err = s.TrialEligibility(ctx, in.ID)
		} else {
			list, standing, err = s.WhyNotMe(ctx, in.ID)
		}
		if err != nil {
			return nil, err
		}
		shift, err := s.HallShift(ctx, in.ID, in.Kind == kindTrial)
		if err != nil {
			return nil, err
		}
		shift.Eligible = len(failed(list)) == 0
		return &Eligibility{Eligible: shift.Eligible, Shift: shift, Rules: ruleViews(list, web.Language(ctx)), Standing: standing}, nil
	})
}
